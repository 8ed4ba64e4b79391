import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { it } from "../../../tests/support/fixtures.ts";
import { shop } from "../../../tests/support/sampleShop.ts";
import { projectRoot } from "../../common/projectRoot.ts";
import type { JobReport, RunHistory } from "../../engines/port.ts";
import { modelStatus } from "./modelStatus.ts";

const pipeline = { ...shop.pipeline, models: "models" };
const location = (name: string): string => `file:///lake/processed/models/${name}/`;

it.beforeEach(async ({ folder }) => {
	await mkdir(join(folder, "models", "more"), { recursive: true });
	for (const name of ["a", "b", "more/c"]) await writeFile(join(folder, "models", `${name}.sql`), "SELECT 1");
	await writeFile(join(folder, "models", "notes.txt"), "");
});

/** A run in which models came to what their notes say, or were up to date. */
const run = (
	runId: string,
	notes: Record<string, string>,
	error: string | null = null,
	unchanged: string[] = [],
): RunHistory => {
	const tables = Object.entries(notes).map(([table, note]) => ({
		...{ schema: "models", table, rows_read: 1, rows_written: 1, note },
	}));
	const report = { finished_at: `2026-11-28T${runId}:00:00.000Z`, tables, unchanged, error } as unknown as JobReport;
	const state = error === null ? "succeeded" : "failed";
	return { runId, running: false, jobs: [{ job: "build-models", state, report }] };
};

it("knows the models' tables, their last build, and what came to nothing", async ({ folder }) => {
	const tables = [
		{ name: "a", location: location("a") },
		{ name: "b", location: "file:///lake/processed/current/shop/b/" },
	];
	const history = [
		run("12", { b: "blocked by a rule (its SQL changed)", c: "skipped: depends on b" }, "models.a: no column x\nmore"),
		run("11", { a: "its SQL changed", b: "its SQL changed" }),
	];
	expect(await modelStatus({ folder, pipeline }, tables, history)).toEqual({
		defined: ["a", "b", "c"],
		tables: ["a"],
		lastBuild: { runId: "11", finishedAt: "2026-11-28T11:00:00.000Z", models: ["a", "b"] },
		bad: [
			{ model: "a", state: "failed", why: "no column x" },
			{ model: "b", state: "blocked", why: "blocked by a rule (its SQL changed)" },
			{ model: "c", state: "skipped", why: "depends on b" },
		],
	});
});

it("goes by the newest run that was about a model", async ({ folder }) => {
	const failed = run("10", {}, "models.a: no");
	const bad = async (...history: RunHistory[]) => (await modelStatus({ folder, pipeline }, [], history))?.bad;
	const isBad = [{ model: "a", state: "failed" }];
	expect(await bad(run("12", { b: "" }, null, ["models.c"]), failed)).toMatchObject(isBad);
	// It ended before it came to a model; that it failed is said elsewhere.
	expect(await bad(run("12", {}, "build-models: no memory"), failed)).toMatchObject(isBad);
	expect(await bad(run("12", { a: "" }), failed)).toEqual([]);
	// Its SQL is again what its table was made of.
	expect(await bad(run("12", {}, null, ["models.a", "models.b"]), failed)).toEqual([]);
});

it("is nothing of a definition without models", async ({ folder }) => {
	const { models: _, ...without } = pipeline;
	expect(await modelStatus({ folder, pipeline: without }, [], [])).toBeUndefined();
	await expect(modelStatus({ folder, pipeline: { ...pipeline, models: "none" } }, [], [])).rejects.toThrow("none");
});

it("goes by words that build_models.py writes", async () => {
	const program = await readFile(join(projectRoot, "etl", "lakehouse", "models", "build_models.py"), "utf8");
	for (const words of ['"skipped: ', 'f"skipped: ', 'f"blocked by a rule (', '"removed: '])
		expect(program).toContain(words);
});
