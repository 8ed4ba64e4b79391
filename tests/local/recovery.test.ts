import { spawnSync } from "node:child_process";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Connection } from "mysql2/promise";
import { describe, expect } from "vitest";
import type { ReconcileReport } from "../../cli/actions/reconcile/report.ts";
import { projectRoot } from "../../cli/common/projectRoot.ts";
import { localPaths } from "../../cli/engines/local/shared/paths.ts";
import { shellBlocks } from "../../tools/docs/shellBlocks.ts";
import { rounds } from "../support/cases.ts";
import type { CliStack } from "../support/cli.ts";
import { it } from "../support/cliFixtures.ts";
import { client } from "../support/privateSource.ts";

const page = "docs/recovery.md";

/** What is lost, by the page's heading; paths below the stack's folder. */
const losses: Record<string, (home: string) => Promise<void>> = {
	"The checkpoint": (home) => remove(home, "replication/checkpoint.json"),
	"A current table": (home) => empty(join(home, "lake/processed/current/own/items/data")),
	"A change log": (home) => remove(home, "lake/processed/own/items"),
	"The catalog": (home) => remove(home, "catalog.json"),
	"The raw zone": (home) => remove(home, "lake/raw"),
	"The jobs' state": (home) => remove(home, "lake/processed/_state"),
	"All but the source": async (home) => {
		for (const name of await readdir(home)) if (!["source", "python"].includes(name)) await remove(home, name);
	},
};

function remove(home: string, place: string): Promise<void> {
	return rm(join(home, place), { recursive: true });
}

async function empty(folder: string): Promise<void> {
	for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true });
}

/** Commands of the page, by heading. */
async function recoveries(): Promise<Map<string, readonly string[]>> {
	const text = await readFile(join(projectRoot, page), "utf8");
	const sections = text.split(/^## /m).slice(1);
	return new Map(
		sections.map((section) => [
			section.split("\n")[0] ?? "",
			shellBlocks(page, section).flatMap(({ where, commands }) => (where === "recovery" ? commands : [])),
		]),
	);
}

describe("what the page on recovery says", () => {
	let stack: CliStack;
	let folder: string;
	let source: Connection;

	it.beforeAll(async ({ fileStack, fileFolder }) => {
		stack = fileStack;
		folder = join(fileFolder, "definition");
		await mkdir(join(folder, "models"), { recursive: true });
		await writeFile(join(folder, "pipeline.yaml"), "name: own\nsource: { schemas: [own] }\nmodels: models\n");
		await writeFile(
			join(folder, "models", "totals.sql"),
			"-- primary_key: [name]\nSELECT name, count(*) AS n FROM items GROUP BY name\n",
		);
		await stack.json(["source", "up", "--pipeline", folder]);
		source = await client(localPaths(stack.home));
		await source.query("CREATE DATABASE IF NOT EXISTS own");
		await source.query("USE own");
		await source.query("CREATE TABLE own.items (id INT PRIMARY KEY, name VARCHAR(20))");
		await source.query("CREATE TABLE own.bag (a INT, b TEXT)");
		await source.query("INSERT INTO own.items SELECT seq, CONCAT('name ', seq % 7) FROM seq_1_to_1000");
		await source.query("INSERT INTO own.bag VALUES (1, 'x'), (1, 'x'), (NULL, NULL)");
		await stack.json(["replication", "start", "--batch-interval", "1"]);
		await source.query("UPDATE own.items SET name = 'changed' WHERE id < 10");
		await stack.json(["run-etl"]);
	});

	it.afterAll(() => source.end());

	it("has the commands for each loss that is tried here, and no other", async () => {
		expect([...(await recoveries()).keys()]).toEqual(Object.keys(losses));
	});

	// These first: the last of the others ends the connections to the source.
	const parts = Object.keys(losses).filter((what) => what !== "All but the source");
	const pairs = parts.flatMap((one, at) => parts.slice(at + 1).map((other) => [one, other] as const));
	it.for(pairs.slice(0, rounds(pairs.length, 0)))("%s and %s, lost together", (both) => recover(both));

	// In `npm test` those that need the most to come back.
	const tried = Object.keys(losses).slice(-rounds(Object.keys(losses).length, 2));
	it.for(tried)("%s: its commands bring it back, with all that came meanwhile", async (what) => {
		await recover([what]);
	});

	/** Loses parts, runs their commands in the order that the page says, and compares all of the lake. */
	async function recover(lost: readonly string[]): Promise<void> {
		const known = await recoveries();
		const all = lost.flatMap((what) => known.get(what) ?? []);
		expect(all.length).toBeGreaterThanOrEqual(lost.length);
		if (lost.includes("All but the source")) await stack.json(["replication", "stop"]);
		for (const what of lost) await losses[what]?.(stack.home);
		await source.query("INSERT INTO own.items SELECT MAX(id) + 1, ? FROM own.items", [lost.join(", ").slice(0, 20)]);
		const rank = (command: string): number => (command.startsWith("rm ") ? 0 : command.endsWith(" run-etl") ? 2 : 1);
		for (const command of [...new Set(all)].sort((one, other) => rank(one) - rank(other))) run(command);
		const report = await stack.json<ReconcileReport>(["reconcile", "--deep"]);
		expect([...report.tables, ...(report.lake ?? [])].filter(({ state }) => state !== "equal")).toEqual([]);
		expect(report.tables.map(({ table }) => table)).toEqual(["bag", "items"]);
	}

	/** As the page has it, for the stack of this test. */
	function run(command: string): void {
		const line = command
			.replaceAll("npx pipeline-cli", `"${process.execPath}" "${join(projectRoot, "dist", "pipeline-cli.js")}"`)
			.replaceAll(".pipeline/", `${stack.home}/`)
			.replaceAll("shop/orders", "own/items")
			.replaceAll("pipelines/shop", folder);
		const env = { ...process.env, CI: "", PIPELINE_HOME: stack.home };
		const { status, stdout, stderr } = spawnSync("bash", ["-c", line], { env, encoding: "utf8" });
		expect([command, status, status === 0 ? "" : `${stdout}\n${stderr}`]).toEqual([command, 0, ""]);
	}
});
