import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import type { ReconcileReport } from "../../cli/actions/reconcile/report.ts";
import { type LocalPaths, localPaths } from "../../cli/engines/local/shared/paths.ts";
import type { CliStack } from "../support/cli.ts";
import { it } from "../support/cliFixtures.ts";
import { MemoryWatch } from "../support/memoryWatch.ts";
import { client } from "../support/privateSource.ts";
import { replicatorPids } from "../support/replicatorPids.ts";

/** How far one machine goes: done, and with how much memory. */

const mebibyte = 2 ** 20;
const tables = 2000;
const rows = 5_000_000;

async function begin(stack: CliStack, folder: string, statements: readonly string[]): Promise<LocalPaths> {
	const own = join(folder, "definition");
	await mkdir(own, { recursive: true });
	await writeFile(join(own, "pipeline.yaml"), "name: limits\nsource: { schemas: [limits] }\n");
	await stack.json(["source", "up", "--pipeline", own]);
	const paths = localPaths(stack.home);
	const db = await client(paths);
	await db.query("CREATE DATABASE limits");
	await db.query("USE limits");
	for (const statement of statements) await db.query(statement);
	await db.end();
	return paths;
}

/** Runs a command with its processes and the replicator's watched. @returns seconds, and the most MiB of each program. */
async function measured(stack: CliStack, paths: LocalPaths, args: readonly string[]): Promise<Record<string, number>> {
	const start = performance.now();
	const run = stack.start(args);
	const memory = new MemoryWatch(async () => [run.pid, ...(await replicatorPids(paths.home).catch(() => []))]);
	const { code, stderr } = await run.ended;
	const peaks = Object.entries(await memory.end()).map(([name, bytes]) => [name, Math.round(bytes / mebibyte)]);
	const found = { seconds: Math.round((performance.now() - start) / 1000), ...Object.fromEntries(peaks) };
	process.stdout.write(`${args[0]} ${JSON.stringify(found)}\n`);
	expect([args, code, code === 0 ? "" : stderr]).toEqual([args, 0, ""]);
	return found;
}

/** MiB that no process of a pipeline may need. */
const ceiling = 2048;

async function runAll(stack: CliStack, paths: LocalPaths): Promise<ReconcileReport> {
	for (const args of [["replication", "start"], ["run-etl"]]) {
		const { seconds: _, ...peaks } = await measured(stack, paths, args);
		for (const [program, peak] of Object.entries(peaks)) expect(peak, program).toBeLessThan(ceiling);
	}
	return stack.json<ReconcileReport>(["reconcile"]);
}

it.runIf(process.env.ALL_FAULTS === "1")(
	`${tables} tables are replicated, processed and equal`,
	{ timeout: 7_200_000 },
	async ({ stack, folder }) => {
		const names = Array.from({ length: tables }, (_, at) => `t${at}`);
		const paths = await begin(
			stack,
			folder,
			names.flatMap((name, at) => [
				`CREATE TABLE ${name} (id INT PRIMARY KEY, name VARCHAR(20))`,
				`INSERT INTO ${name} VALUES (1, 'one'), (2, '${at}')`,
			]),
		);
		const report = await runAll(stack, paths);
		expect(report.tables.filter(({ state }) => state === "equal").length).toBe(tables);
	},
);

it.runIf(process.env.ALL_FAULTS === "1")(
	`one table of ${rows} rows is replicated, processed and equal`,
	{ timeout: 7_200_000 },
	async ({ stack, folder }) => {
		const paths = await begin(stack, folder, [
			"CREATE TABLE large (id INT PRIMARY KEY, name VARCHAR(40), total DECIMAL(10,2), at DATETIME)",
			`INSERT INTO large SELECT seq, CONCAT('name ', seq % 1000), seq / 7, '2026-01-02 03:04:05' FROM seq_1_to_${rows}`,
		]);
		const report = await runAll(stack, paths);
		expect(report.tables.map(({ table, state }) => [table, state])).toEqual([["large", "equal"]]);
	},
);
