import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { it } from "../../tests/support/fixtures.ts";
import { readDefinition } from "./definition.ts";
import { jobWaves } from "./jobs.ts";

/** @param after of the job `report`; @param sql of the model `total`. */
async function definition(folder: string, { after = "", sql = "SELECT 1" }): Promise<void> {
	await mkdir(join(folder, "models"));
	await writeFile(join(folder, "star.py"), "");
	await writeFile(join(folder, "models", "total.sql"), sql);
	const job = (name: string, more: string): string =>
		`{ name: ${name}, script: star.py, reads: [processed/current], writes: [processed/${name}]${more} }`;
	await writeFile(
		join(folder, "pipeline.yaml"),
		`name: own
source: { schemas: [shop] }
models: models
jobs:
  - ${job("star", ", tables: { Facts: , dim_a: }")}
  - ${job("report", `, tables: { sums: }${after}`)}
`,
	);
}

const waves = (folder: string): string[][] =>
	jobWaves(readDefinition(folder, "etl").jobs).map((wave) => wave.map(({ name }) => name));

it("models are built after the jobs whose tables they read, and beside the others", async ({ folder }) => {
	await definition(folder, {
		sql: "-- description: from sums\nWITH dim_a AS (SELECT 1) SELECT 'FROM sums' FROM `facts`, dim_a",
	});
	expect(waves(folder)).toEqual([
		["process-load"],
		["process-cdc"],
		["apply-changes"],
		["star", "report"],
		["build-models"],
	]);
	const models = readDefinition(folder, "etl").jobs.find(({ name }) => name === "build-models");
	expect(models?.inputs).toEqual({ star: ["facts"] });
});

it("models that read none of them are built as soon as they can", async ({ folder }) => {
	await definition(folder, { sql: "SELECT 1 FROM orders JOIN star.facts" });
	expect(waves(folder).at(-1)).toEqual(["build-models", "star", "report"]);
});

it("a job that waits for the models makes no table of theirs", async ({ folder }) => {
	await definition(folder, { after: ", after: [build-models]", sql: "SELECT a\nFROM facts\nJOIN Sums" });
	expect(() => readDefinition(folder, "etl")).toThrow(
		/models\/total\.sql:3:6: The job report writes the table Sums, but runs after the models\. .*`after`/,
	);
});
