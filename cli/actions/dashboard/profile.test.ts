import { DuckDBInstance, VARCHAR } from "@duckdb/node-api";
import { expect, it } from "vitest";
import { testContext } from "../../../tests/support/context.ts";
import { shop } from "../../../tests/support/sampleShop.ts";
import { fromDuckDb } from "../../engines/duckdb/columnTypes.ts";
import { toPlain } from "../../engines/duckdb/values.ts";
import type { Stack } from "../../engines/port.ts";
import { looksPersonal } from "../personalData.ts";
import { tableProfile } from "./profile.ts";

it("counts and shows the values of columns, but not those of hashed and personal ones", async () => {
	const instance = await DuckDBInstance.create(":memory:");
	const connection = await instance.connect();
	await connection.run(`CREATE TABLE "odd ""name" AS SELECT * FROM (VALUES
		(1, 'red', 'a@b.c', 'AB12', DATE '2026-01-01', [1, 2], NULL),
		(2, 'red', 'd@e.f', 'CD34', DATE '2026-03-01', [3], NULL),
		(3, NULL, NULL, 'CD34', NULL, NULL, NULL)) AS t(id, "co'lor", contact_email, token, day, parts, nothing)`);
	const stack = {
		crawlers: async () => ({ registered: async () => ({ database: "d", tables: [{ name: 'odd "name' }] }) }),
		query: async () => ({
			run: async (sql: string) => {
				const reader = await connection.runAndReadAll(sql);
				return {
					columns: reader
						.columnNames()
						.map((name, at) => ({ name, type: fromDuckDb(reader.columnTypes()[at] ?? VARCHAR) })),
					rows: reader.getRows().map((row) => row.map(toPlain)),
					seconds: 0,
				};
			},
		}),
	} as unknown as Stack;
	const pipeline = { ...shop.pipeline, columns: { TOKEN: "hash" as const } };
	const found = await tableProfile(stack, pipeline, 'odd "name', testContext());
	expect(found).toMatchObject({ table: 'odd "name', rows: 3 });
	expect(found?.columns).toEqual([
		{
			...{ name: "id", type: "int", nulls: 0, distinct: 3, least: "1", largest: "3" },
			examples: ["1", "2", "3"].map((value) => ({ value, rows: 1 })),
		},
		{
			...{ name: "co'lor", type: "string", nulls: 1, distinct: 1, least: "red", largest: "red" },
			examples: [{ value: "red", rows: 2 }],
		},
		{ name: "contact_email", type: "string", nulls: 1, distinct: 2, hidden: "personal" },
		{ name: "token", type: "string", nulls: 0, distinct: 2, hidden: "hashed" },
		expect.objectContaining({ name: "day", nulls: 1, least: "2026-01-01", largest: "2026-03-01" }),
		expect.objectContaining({ name: "parts", nulls: 1, examples: [] }),
		expect.objectContaining({ name: "nothing", nulls: 3, distinct: 0, examples: [] }),
	]);
	expect(await tableProfile(stack, pipeline, "pg_catalog.pg_tables", testContext())).toBeUndefined();
	connection.closeSync();
	instance.closeSync();
});

it.each([
	["contactLastName", true],
	["contact_last_name", true],
	["billing_email", true],
	["addressLine1", true],
	["customer_ssn", true],
	["contactlastname", true],
	["postalcode", true],
	["product_name", false],
	["productname", false],
	["description", false],
	["shipping", false],
	["quantity", false],
])("%s looks personal: %s", (name, personal) => {
	expect(looksPersonal(name)).toBe(personal);
});
