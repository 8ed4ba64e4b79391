import { chmod, mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { describe, expect } from "vitest";
import { findStack } from "../../cli/stack.ts";
import { it } from "../support/aws/awsFixtures.ts";
import { outputs } from "../support/aws/outputs.ts";
import type { ScriptedStack } from "../support/aws/scriptedStack.ts";

let aws: ScriptedStack;
let folder: string;
it.beforeEach(async ({ aws: own, folder: its }) => {
	aws = own;
	folder = its;
	await pulumi({});
});

const find = (options: { stack?: string; outputs?: string } = {}) =>
	findStack({ ...options, signal: new AbortController().signal });

/** A Pulumi CLI in the path that answers by its arguments. */
async function pulumi(answers: { selected?: string; stacks?: string[]; refuse?: string }): Promise<void> {
	const { selected, stacks = [], refuse } = answers;
	const lines = [
		"#!/bin/sh",
		...(refuse === undefined ? [] : [`echo "error: ${refuse}" >&2; exit 255`]),
		'case "$*" in',
		selected === undefined
			? '"stack --show-name"*) echo "error: no stack selected" >&2; exit 255 ;;'
			: `"stack --show-name"*) echo ${selected} ;;`,
		`"stack ls"*) echo '${JSON.stringify(stacks.map((name) => ({ name })))}' ;;`,
		...stacks.map((name) => `"stack output --json --stack ${name}"*) cat ${join(folder, `${name}.json`)} ;;`),
		`"stack output"*) echo "error: no stack named 'x' found" >&2; exit 255 ;;`,
		"esac",
	];
	await mkdir(join(folder, "bin"), { recursive: true });
	await writeFile(join(folder, "bin", "pulumi"), `${lines.join("\n")}\n`);
	await chmod(join(folder, "bin", "pulumi"), 0o755);
	for (const name of stacks) {
		await writeFile(join(folder, `${name}.json`), JSON.stringify({ pipeline: { ...outputs, stack: name } }));
	}
	process.env.PATH = [join(folder, "bin"), "/usr/bin", "/bin"].join(delimiter);
}

async function makeLocalStack(): Promise<void> {
	const home = join(folder, "home");
	await mkdir(home, { recursive: true });
	await writeFile(join(home, "stack.json"), "{}");
}

describe("finding the deployment", () => {
	it("--outputs is taken before all", async () => {
		await pulumi({ selected: "prod", stacks: ["prod"] });
		expect(await find({ outputs: aws.file })).toMatchObject({ name: "dev", engine: "aws" });
	});

	it("then --stack, then PIPELINE_STACK, then the one selected in Pulumi, then local", async () => {
		await pulumi({ selected: "prod", stacks: ["prod", "test", "dev"] });
		await makeLocalStack();
		process.env.PIPELINE_STACK = "test";
		expect(await find({ stack: "dev" })).toMatchObject({ name: "dev" });
		expect(await find()).toMatchObject({ name: "test" });
		delete process.env.PIPELINE_STACK;
		expect(await find()).toMatchObject({ name: "prod" });
		await pulumi({ stacks: ["prod"] });
		expect(await find()).toMatchObject({ name: "local", engine: "local" });
	});

	it("local is found where Pulumi is not installed", async () => {
		process.env.PATH = join(folder, "nothing");
		await makeLocalStack();
		expect(await find()).toMatchObject({ name: "local" });
	});

	it("a stack that nobody has: 6, and a list of those that exist", async () => {
		await pulumi({ stacks: ["prod", "test"] });
		await makeLocalStack();
		await expect(find({ stack: "staging" })).rejects.toMatchObject({
			outcome: "noSuchStack",
			text: { what: "The stack staging does not exist.", why: expect.stringContaining("local, prod, test") },
		});
	});

	it("none at all: 6, and the way to one", async () => {
		await expect(find()).rejects.toMatchObject({ outcome: "noSuchStack", text: { next: "pipeline-cli demo" } });
	});

	it("Pulumi is not logged in: 3, with the command to run", async () => {
		await pulumi({ refuse: "PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions" });
		await expect(find({ stack: "prod" })).rejects.toMatchObject({
			outcome: "credentials",
			text: { next: "pulumi login" },
		});
	});

	it("never hangs: Pulumi ends with the signal", async () => {
		await pulumi({});
		await writeFile(join(folder, "bin", "pulumi"), "#!/bin/sh\nexec sleep 60\n");
		const abort = new AbortController();
		setTimeout(() => abort.abort(new Error("over")), 200);
		await expect(findStack({ stack: "prod", signal: abort.signal })).rejects.toThrow("over");
	});
});

describe("outputs", () => {
	const status = () => aws.run("status");
	const write = (document: unknown) => writeFile(aws.file, JSON.stringify(document));

	it.each([
		["older", 0, "pulumi up"],
		["newer", 99, "git pull"],
	])("of an %s version say which side to update", async (_, version, next) => {
		await write({ pipeline: { ...outputs, version } });
		const { code, err } = await status();
		expect(code).toBe(2);
		expect(err).toContain(`have version ${version}`);
		expect(err).toContain(`next: ${next}`);
	});

	it("with a field missing name it", async () => {
		const { athena: _, ...rest } = outputs;
		await write({ pipeline: rest });
		const { code, err } = await status();
		expect(code).toBe(2);
		expect(err).toContain("pipeline.athena");
	});

	it("of a stack that was never deployed: 6", async () => {
		await write({});
		expect((await status()).code).toBe(6);
	});

	it.each([
		["no JSON", "{"],
		["no object", "null"],
	])("that are %s: 2", async (_, text) => {
		await writeFile(aws.file, text);
		expect((await status()).code).toBe(2);
	});

	it("of another stack than --stack names: 2", async () => {
		const { code, err } = await aws.run("status", "--stack", "prod");
		expect(code).toBe(2);
		expect(err).toContain("The outputs belong to the stack dev, not to prod");
	});

	it("the file that is missing is named", async () => {
		await expect(find({ outputs: join(folder, "absent.json") })).rejects.toMatchObject({
			outcome: "usage",
			text: { what: expect.stringContaining("absent.json") },
		});
	});
});

it("--region overrides the stack's region", async () => {
	await aws.run("replication", "status", "--region", "us-east-2");
	expect(aws.endpoint.calls).toHaveLength(1);
	// The region is part of the signature.
	expect(aws.endpoint.calls[0]?.region).toBe("us-east-2");
});
