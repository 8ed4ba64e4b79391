import { execFile } from "node:child_process";
import { access, mkdir, readdir, readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { describe, expect } from "vitest";
import { poll } from "../../cli/common/poll.ts";
import { projectRoot } from "../../cli/common/projectRoot.ts";
import { localPaths } from "../../cli/engines/local/shared/paths.ts";
import { writeSettings } from "../../cli/engines/local/shared/settings.ts";
import type { CliStack } from "../support/cli.ts";
import { it } from "../support/cliFixtures.ts";
import { datasets } from "../support/sampleShop.ts";
import { onTerminal } from "../support/terminal.ts";

it("--help loads no package that only some commands need", async ({ folder: coverage }) => {
	const cli = join(projectRoot, "dist", "pipeline-cli.js");
	// Node's coverage names every script that was loaded.
	await promisify(execFile)(process.execPath, [cli, "run-etl", "--help"], {
		env: { ...process.env, NODE_V8_COVERAGE: coverage },
	});
	const files = await Promise.all((await readdir(coverage)).map((name) => readFile(join(coverage, name), "utf8")));
	const loaded = files.flatMap((text) =>
		(JSON.parse(text) as { result: { url: string }[] }).result.map(({ url }) => url),
	);
	expect(loaded).toContain(pathToFileURL(await realpath(cli)).href);
	expect(loaded.filter((url) => url.includes("/node_modules/"))).toEqual([]);
	// What checks files is bundled, and only needed where one is read.
	const scripts = await Promise.all(
		loaded.filter((url) => url.startsWith("file:")).map((url) => readFile(fileURLToPath(url), "utf8")),
	);
	expect(scripts.filter((text) => text.includes("ZodType"))).toEqual([]);
});

it("help is not upset by a reader that has gone", async () => {
	const cli = join(projectRoot, "dist", "pipeline-cli.js");
	const line = `set -o pipefail; "${process.execPath}" "${cli}" help query | true`;
	const { stderr } = await promisify(execFile)("bash", ["-c", line]);
	expect(stderr).toBe("");
});

describe("a text that is longer than the terminal", () => {
	it.for([
		["goes to $PAGER as a whole", "sed -n '$p' >&2; echo paged", "paged"],
		["is shown where there is no such pager", "no-such-pager-here", "# bash completion of pipeline-cli"],
		["is shown without one", "", "# bash completion of pipeline-cli"],
	] as const)("%s", async ([, PAGER, expected], { folder }) => {
		const run = onTerminal(["completion", "bash"], { PIPELINE_HOME: folder, PAGER });
		expect(await run.ended).toBe(0);
		expect(run.screen()).toContain(expected);
		// The last line, which the pager got, too.
		expect(run.screen()).toContain("complete -o default -F _pipeline_cli pipeline-cli");
		expect(run.screen().includes("local current=")).toBe(!PAGER.startsWith("sed"));
	});

	it("leaves Ctrl-C to the pager", async ({ folder }) => {
		const pager = "trap 'echo left; exit 0' INT; cat >/dev/null; echo opened; while :; do sleep 0.1; done";
		const run = onTerminal(["completion", "bash"], { PIPELINE_HOME: folder, PAGER: pager });
		await poll(
			{ firstMs: 50, signal: AbortSignal.timeout(60_000) },
			async () => run.screen().includes("opened") || undefined,
		);
		run.type("\u0003");
		expect(await run.ended).toBe(0);
		expect(run.screen()).toContain("left");
		expect(run.screen()).not.toContain("Stopping");
	});
});

describe("down --purge at a terminal", () => {
	let stack: CliStack;

	it.beforeAll(async ({ fileStack }) => {
		stack = fileStack;
		const source = { kind: "private", host: "127.0.0.1", port: 1, user: "nobody", tls: "DISABLED" } as const;
		const paths = localPaths(stack.home);
		await writeSettings({ version: 1, source: { ...source, schemas: datasets.map(({ schema }) => schema) } }, paths);
		await mkdir(paths.raw, { recursive: true });
	});

	it.each([
		["Ctrl-C", "\u0003", 8, "Nothing was entered."],
		["Ctrl-D", "\u0004", 8, "Nothing was entered."],
		["no", "n\r", 2, "The removal was not confirmed."],
		["yes", "y\r", 0, "Stopped everything."],
	])("asks first: %s", async (_, keys, code, text) => {
		const run = onTerminal(["down", "--purge"], { PIPELINE_HOME: stack.home });
		await poll(
			{ firstMs: 200, signal: AbortSignal.timeout(60_000) },
			async () => run.screen().includes("[y/N]") || undefined,
		);
		run.type(keys);
		expect(await run.ended).toBe(code);
		expect(run.screen()).toContain(text);
		const there = await access(join(stack.home, "lake")).then(
			() => true,
			() => false,
		);
		expect(there).toBe(code !== 0);
	});
});

it("keeps two stacks on one machine apart", async ({ stack }) => {
	const two = join(stack.home, "local-two");
	const first = await stack.json<{ address: string }>(["source", "up"]);
	const second = await stack.json<{ address: string }>(["source", "up", "--stack", "local-two"]);
	expect(second.address).not.toBe(first.address);
	try {
		const status = await stack.json<{ stack: string; source: { address: string } }>(["status", "--stack", "local-two"]);
		expect(status).toMatchObject({ stack: "local-two", source: { address: second.address } });
		expect(await stack.json(["status"])).toMatchObject({ stack: "local", source: { address: first.address } });
		const unknown = await stack.run(["status", "--stack", "local-three"]);
		expect(unknown.code).toBe(6);
		expect(unknown.stderr).toContain("Stacks that exist: local, local-two.");
		expect((await stack.run(["source", "up", "--stack", "dev"])).stderr).toContain("works only on local stacks");
		await stack.json(["down", "--purge", "--yes"]);
		expect((await readdir(stack.home)).sort()).toEqual([".gitignore", "local-two", "python"]);
		expect(await stack.json(["status", "--stack", "local-two"])).toMatchObject({ source: { state: "running" } });
	} finally {
		await stack.run(["down", "--purge", "--yes", "--stack", "local-two"]);
	}
	await expect(access(two)).rejects.toThrow("ENOENT");
});
