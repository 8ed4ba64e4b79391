import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { it } from "../../tests/support/fixtures.ts";
import { DefinitionError } from "../contract/pipeline/mistakes.ts";
import { readDefinition } from "../definition/definition.ts";
import { definedModels } from "./definedModels.ts";

let folder: string;
it.beforeEach(({ folder: own }) => {
	folder = own;
});

function define(models: Record<string, string>): ReturnType<typeof definedModels> {
	mkdirSync(join(folder, "models", "finance"), { recursive: true });
	writeFileSync(join(folder, "pipeline.yaml"), "name: x\nsource: { schemas: [shop] }\nmodels: models/\n");
	for (const [name, sql] of Object.entries(models)) writeFileSync(join(folder, "models", `${name}.sql`), sql);
	return definedModels(readDefinition(folder, "/etl"));
}

it("are those of the folder that the file names, and of folders in it", () => {
	const models = define({ "finance/revenue": "SELECT 1 AS a FROM orders JOIN staged", staged: "SELECT 1 AS b" });
	expect(models.map(({ name, after }) => [name, after])).toEqual([
		["staged", []],
		["revenue", ["staged"]],
	]);
	expect(models[1]?.file).toMatch(/models\/finance\/revenue\.sql$/);
});

it("all mistakes name their files", () => {
	const broken = () => define({ a: "SELEC 1", b: "SELECT 1; SELECT 2" });
	const placeOf = (read: () => unknown): string | undefined => {
		try {
			read();
		} catch (error) {
			return error instanceof DefinitionError ? error.file : undefined;
		}
		return undefined;
	};
	expect(placeOf(broken)).toMatch(/models$/);
	expect(placeOf(() => define({ b: "SELECT 1", a: "SELEC 1" }))).toMatch(/a\.sql$/);
	expect(broken).toThrow(/a\.sql:1:1: It is not valid Spark SQL.*\n.*b\.sql:1:11: It contains several statements/);
});

it("a definition that names no folder has none", () => {
	writeFileSync(join(folder, "pipeline.yaml"), "name: x\nsource: { schemas: [shop] }\n");
	expect(definedModels(readDefinition(folder, "/etl"))).toEqual([]);
});
