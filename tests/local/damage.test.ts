import { cp, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { expect } from "vitest";
import { LocalReplication } from "../../cli/engines/local/replication/client/localReplication.ts";
import { localPaths } from "../../cli/engines/local/shared/paths.ts";
import type { CliResult, CliStack } from "../support/cli.ts";
import { it } from "../support/cliFixtures.ts";
import { damages, kinds, newestOf } from "../support/damages.ts";
import { client } from "../support/privateSource.ts";
import { until } from "../support/replicator.ts";

const definition = `name: own
source: { schemas: [own] }
models: models
clicks: { schema: { page: string }, template: click.template }
`;

/** Whether each kind of file is damaged in each way; else some kinds at a time. */
const isWhole = process.env.ALL_FAULTS === "1";

/** Words that no message for a user has. */
const raw = /Traceback|\bE(NOENT|ISDIR|NOTDIR)\b|bug of pipeline-cli|\n {4}at /;

let stack: CliStack;
let copy: string;

it.beforeAll(async ({ fileStack, fileFolder }) => {
	stack = fileStack;
	copy = join(fileFolder, "copy");
	const own = join(fileFolder, "definition");
	await mkdir(join(own, "models"), { recursive: true });
	await writeFile(join(own, "pipeline.yaml"), definition);
	await writeFile(join(own, "click.template"), '{"page":"{{lorem.word}}"}\n');
	await writeFile(
		join(own, "models", "totals.sql"),
		"-- primary_key: [name]\nSELECT name, count(*) AS n FROM items GROUP BY name\n",
	);
	await stack.json(["source", "up", "--pipeline", own]);
	const source = await client(localPaths(stack.home));
	await source.query("CREATE DATABASE own");
	await source.query("USE own");
	await source.query("CREATE TABLE own.items (id INT PRIMARY KEY, name VARCHAR(20))");
	await source.query("INSERT INTO own.items SELECT seq, CONCAT('name ', seq % 7) FROM seq_1_to_1000");
	await stack.json(["replication", "start", "--batch-interval", "1"]);
	await source.query("UPDATE own.items SET name = 'changed' WHERE id < 10");
	await source.end();
	if (isWhole) await stack.json(["clicks", "send", "--records", "50"]);
	const replication = new LocalReplication(localPaths(stack.home));
	await until(async () => (await replication.tables())[0]?.updates === 9);
	// With its first run of the jobs.
	await stack.json(["up", "--every", "1h"]);
	await stack.json(["warehouse", "apply"]);
	await stack.json(["down"]);
});

/** Runs commands that must succeed. */
async function succeed(...commands: readonly string[]): Promise<void> {
	for (const command of commands) {
		const { code, stdout, stderr } = await stack.run(command.split(" "));
		expect([command, code, code === 0 ? "" : stdout + stderr]).toEqual([command, 0, ""]);
	}
}

/** All of a stack's life that comes upon its files. @returns what ended with another code than 0. */
async function refusals(): Promise<CliResult[]> {
	const refused: CliResult[] = [];
	const commands = [
		"status",
		"source up",
		"replication start --batch-interval 1",
		"run-etl",
		"query FROM\titems",
		"warehouse apply",
		"reconcile --deep",
	];
	for (const command of commands) {
		const result = await stack.run(command.split(" "));
		expect([command, raw.exec(result.stdout + result.stderr)?.[0]]).toEqual([command, undefined]);
		// Before the start of what was stopped that is nothing new.
		if (result.code !== 0 && command !== "status") refused.push(result);
	}
	return refused;
}

/** What a message names, and the remedies say to remove: the folder of the table or the batch. */
function folderOf(path: string): string {
	const name = relative(stack.home, path);
	const table = /^(lake\/processed\/(?:current\/[^/]+\/[^/]+|models\/[^/]+|own\/[^/]+\/batch=[^/]+))\//.exec(name)?.[1];
	return join(stack.home, table ?? dirname(name));
}

/** Does what the messages say. */
async function repair(path: string): Promise<void> {
	const name = relative(stack.home, path);
	if (name.startsWith("lake/processed/_state/")) await rm(join(stack.home, "lake/processed"), { recursive: true });
	else if (name.startsWith("lake/processed/")) await rm(folderOf(path), { recursive: true, force: true });
	await succeed("source up");
	if (name === "replication/checkpoint.json") await succeed("replication start --reload");
	await succeed("replication start --batch-interval 1");
	if (name.startsWith("lake/raw/own/")) await succeed("replication reload own.items");
	await succeed("run-etl", "reconcile --deep");
}

it("a stack whose newest files lost their data comes back, and says what cannot be made again by itself", async () => {
	const lost = [
		"data of a current table",
		"catalog",
		"warehouse",
		"status of the replicator",
		"lock of the replicator",
	];
	const more = ["report of a job", "state of the schedule", "settings of the source"];
	for (const kind of [...lost, ...more]) {
		await damages.zeros?.(await newestOf(stack.home, kinds[kind] as RegExp));
	}
	await succeed("source up", "replication start --batch-interval 1");
	const run = await stack.run(["run-etl"]);
	expect([run.code, raw.exec(run.stderr)]).toEqual([1, null]);
	expect(run.stdout + run.stderr).toContain("current/own/items");
	await rm(join(stack.home, "lake/processed/current/own/items"), { recursive: true });
	await succeed("run-etl", "warehouse apply", "reconcile", "status");
});

if (isWhole) {
	it.beforeAll(async () => {
		await succeed("down");
		await copyFiles(stack.home, copy);
	});
	// Each case begins with the same files, except those of the source's server.
	it.beforeEach(async () => {
		await stack.run(["down"]);
		await removeFiles(stack.home);
		await copyFiles(copy, stack.home);
	});
	const cases = Object.keys(kinds).flatMap((kind) => Object.keys(damages).map((damage) => [kind, damage] as const));
	it.for(cases)("%s, %s: the next commands make it good or say how", { timeout: 600_000 }, async ([kind, damage]) => {
		const path = await newestOf(stack.home, kinds[kind] as RegExp);
		await damages[damage]?.(path);
		const refused = await refusals();
		for (const { stdout, stderr } of refused) {
			expect(stdout + stderr).toMatch(/fix:|next:|Repair|remove it|pipeline-cli /);
			expect(stdout + stderr).toMatch(new RegExp(`${kind.split(" ")[0]}|items|totals|own|clickstream|${kind}`, "i"));
		}
		if (refused.length > 0) await repair(path);
		await succeed("reconcile --deep");
	});
}

const kept = ["source", "python"];

async function removeFiles(home: string): Promise<void> {
	for (const name of await readdir(home)) {
		if (!kept.includes(name)) await rm(join(home, name), { recursive: true });
	}
}

async function copyFiles(from: string, to: string): Promise<void> {
	await mkdir(to, { recursive: true });
	for (const name of await readdir(from)) {
		if (kept.includes(name)) continue;
		await cp(join(from, name), join(to, name), { recursive: true, preserveTimestamps: true });
	}
}
