import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { repositoryPath } from "../../infra/testing/stack.ts";
import { jsonSchemas } from "./jsonSchemas.ts";

/** What an editor accepts, which reads nothing but the JSON Schema. */
const accepts = (file: string, value: unknown): boolean =>
	z.fromJSONSchema(JSON.parse(jsonSchemas[file]?.() ?? "{}")).safeParse(value).success;

describe("the JSON Schema of a definition", () => {
	const file = "pipeline.schema.json";
	const full: unknown = parse(readFileSync(repositoryPath("etl/contract/pipeline/fixtures/full.yaml"), "utf8"));
	const least = { name: "shop", source: { schemas: ["shop"] } };

	it("accepts every key that there is, and a definition that has only the needed ones", () => {
		expect([full, least, { ...least, tables: null, jobs: null }].map((value) => accepts(file, value))).toEqual([
			true,
			true,
			true,
		]);
	});

	it.each([
		["no source", { name: "shop" }],
		["an unknown key", { ...least, tabels: {} }],
		["an unknown key within a table", { ...least, tables: { "shop.a": { tests: [] } } }],
		["an action that there is not", { ...least, tables: { "shop.a": { columns: { email: "mask" } } } }],
		["a type that there is not", { ...least, charts: [{ title: "A", query: "a.sql", type: "bars" }] }],
		["a name that is none", { ...least, name: "Shop" }],
	])("refuses %s", (_, value) => {
		expect(accepts(file, value)).toBe(false);
	});

	it("says of every key what it is for", () => {
		const silent: string[] = [];
		const visit = (schema: unknown, place: string): void => {
			if (typeof schema !== "object" || schema === null) return;
			for (const [name, value] of Object.entries(schema)) {
				if (name === "properties") {
					for (const [key, property] of Object.entries(value as object)) {
						const described = typeof property === "object" && property !== null && "description" in property;
						if (!described) silent.push(`${place}.${key}`);
						visit(property, `${place}.${key}`);
					}
				} else visit(value, place);
			}
		};
		visit(JSON.parse(jsonSchemas[file]?.() ?? "{}"), "");
		expect(silent).toEqual([]);
	});
});
