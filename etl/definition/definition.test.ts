import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { it } from "../../tests/support/fixtures.ts";
import { DefinitionError } from "../contract/pipeline/mistakes.ts";
import { readDefinition } from "./definition.ts";

let folder: string;
it.beforeEach(({ folder: own }) => {
	folder = own;
});

function write(file: string, text: string): void {
	mkdirSync(join(folder, file, ".."), { recursive: true });
	writeFileSync(join(folder, file), text);
}

describe("a definition's folder", () => {
	it("needs no more than a file with two keys", () => {
		write("pipeline.yaml", "name: own\nsource: { schemas: [shop] }\n");
		const read = readDefinition(folder, "/etl");
		expect(read.jobs.map(({ name, script }) => [name, script])).toEqual([
			["process-load", "/etl/jobs/process_load.py"],
			["process-cdc", "/etl/jobs/process_cdc.py"],
			["apply-changes", "/etl/jobs/apply_changes.py"],
			["build-models", "/etl/jobs/build_models.py"],
		]);
		expect([read.datasets, read.made, read.queries, read.views]).toEqual([[], [], [], []]);
	});

	it("has tables, jobs, queries and views as the file names them", () => {
		write("sql/totals.sql", "-- Totals\nSELECT 1\n");
		write("views/v.sql", "SELECT * FROM lake.orders\n");
		write("jobs/totals.py", "");
		write(
			"pipeline.yaml",
			`name: own
source: { schemas: [shop] }
tables:
  shop.orders:
    primary_key: [id, line]
    alias: own_orders
    rules: [{ unique: [code] }, { range: { column: amount, min: 0 } }, { freshness: { error_after: 2 hours } }]
queries: sql
warehouse: views
jobs:
  - name: totals
    script: jobs/totals.py
    reads: [processed/current/shop]
    writes: [processed/totals]
    tables: { totals: { primary_key: [day], rules: [{ not_null: amount }] } }
`,
		);
		const read = readDefinition(folder, "/etl");
		const severity = "error";
		expect(read.datasets).toEqual([
			{
				schema: "shop",
				tables: [
					{
						name: "orders",
						key: ["id", "line"],
						alias: "own_orders",
						rules: [
							{ kind: "not_null", columns: ["id"], severity },
							{ kind: "not_null", columns: ["line"], severity },
							{ kind: "unique", columns: ["code"], severity },
							{ kind: "range", column: "amount", min: 0, severity },
							{ kind: "freshness", errorAfter: 7200, severity },
						],
					},
				],
			},
		]);
		expect(read.made).toMatchObject([{ schema: "totals", tables: [{ name: "totals", key: ["day"] }] }]);
		expect(read.jobs.at(-1)).toMatchObject({
			name: "totals",
			script: join(folder, "jobs/totals.py"),
			after: ["apply-changes"],
			writes: [{ zone: "processed", prefix: "totals" }],
		});
		expect(read.queries.map(({ name, title }) => [name, title])).toEqual([["totals", "Totals"]]);
		expect(read.views.map(({ name }) => name)).toEqual(["v"]);
	});

	it("is read as it is now", () => {
		write("pipeline.yaml", "name: own\nsource: { schemas: [shop] }\n");
		expect(readDefinition(folder, "/etl").pipeline.schemas).toHaveLength(1);
		write("pipeline.yaml", "name: own\nsource: { schemas: [shop, crm] }\n");
		expect(readDefinition(folder, "/etl").pipeline.schemas).toHaveLength(2);
	});

	it("is parsed once while it and what it names stay the same, and nobody can change what others read", () => {
		mkdirSync(join(folder, "sql"), { recursive: true });
		write("pipeline.yaml", "name: own\nsource: { schemas: [shop] }\nqueries: sql\n");
		const { pipeline } = readDefinition(folder, "/etl");
		expect(readDefinition(folder, "/etl").pipeline).toBe(pipeline);
		expect(() => Object.assign(pipeline.schemas[0] ?? {}, { name: "other" })).toThrow(TypeError);
		rmSync(join(folder, "sql"), { recursive: true });
		expect(() => readDefinition(folder, "/etl")).toThrow("sql does not exist in the definition's folder");
	});

	it("names what is not there: the file, or files that it names", () => {
		const messageOf = (): string => {
			try {
				readDefinition(folder, "/etl");
			} catch (error) {
				if (error instanceof DefinitionError) return error.message;
			}
			throw new Error("it was taken");
		};
		expect(messageOf()).toMatch(/pipeline\.yaml:1:1: It cannot be read: ENOENT.*To create one: pipeline-cli init\./);
		write("pipeline.yaml", "name: own\nsource: { schemas: [shop] }\nqueries: sql\n");
		expect(messageOf()).toMatch(/pipeline\.yaml:3:1: queries: sql does not exist in the definition's folder/);
	});
});
