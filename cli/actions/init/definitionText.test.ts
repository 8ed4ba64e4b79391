import { DuckDBInstance } from "@duckdb/node-api";
import { TrinoSQL } from "dt-sql-parser";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePipeline } from "../../../etl/contract/pipeline/parse.ts";
import type { Pipeline } from "../../../etl/contract/pipeline/pipeline.ts";
import { readModels } from "../../../etl/models/readModels.ts";
import { cases } from "../../../tests/support/cases.ts";
import type { SourceTable } from "../../engines/port.ts";
import { withCatalogNames } from "./catalogNames.ts";
import { definitionText } from "./definitionText.ts";
import { type FirstModel, firstAnswers } from "./firstAnswers.ts";
import { shop, table } from "./fixtures/tables.ts";

function written(tables: readonly SourceTable[]): { text: string; models: readonly FirstModel[]; sql: string[] } {
	const named = withCatalogNames(tables);
	const { models, charts } = firstAnswers(named);
	const text = definitionText({
		name: "shop2",
		jsonSchema: "../../etl/contract/pipeline.schema.json",
		server: "db.example.com:3306",
		version: "MariaDB 10.11.19",
		tables: named,
		charts,
		hasModels: models.length > 0,
	});
	return { text, models, sql: charts.map(({ sql }) => sql) };
}

const read = (text: string): Pipeline => parsePipeline(text, "pipeline.yaml");

/** With all that is suggested, except that tables are left out, of which others are suggested to say something. */
const accepted = (text: string): string =>
	text
		.split("\n")
		.map((line) => (/^ *#tables:/.test(line) ? line : line.replace(/^( *)#(?=\S| {2})(?! {3,}\S.* about )/, "$1")))
		.join("\n");

describe("a first definition", () => {
	it("explains itself, and applies none of what it suggests", () => {
		const { text } = written(shop);
		expect(text).toMatchSnapshot();
		expect(read(text)).toMatchObject({
			name: "shop2",
			schemas: [{ name: "shop", include: ["*"], exclude: [] }],
			columns: {},
			tables: [],
			queries: "queries/",
			charts: [
				{ title: "orders by day", query: "queries/rows_by_day.sql", type: "line" },
				{ title: "Rows of the largest tables", query: "queries/table_rows.sql", type: "bar" },
			],
		});
		expect(read(text)).not.toHaveProperty("schedule");
		expect(read(text)).not.toHaveProperty("verify");
	});

	it("is right with all that it suggests, too", () => {
		expect(read(accepted(written(shop).text))).toMatchObject({
			tables: [
				{ table: "customers", columns: { email: "hash", ssn: "drop", birthday: "drop" } },
				{
					table: "orders",
					rules: [
						{
							kind: "relationships",
							column: "customer_id",
							to: { schema: "shop", table: "customers" },
							severity: "warn",
						},
					],
				},
				{ table: "log", primaryKey: ["at"] },
			],
			verify: { table: { schema: "shop", table: "pipeline_heartbeat" } },
			schedule: { everySeconds: 300 },
		});
	});

	it("names a unique key, or what looks like a key, of a table without one", () => {
		const tables = [
			table("s", "a", { x: "int", code: "char" }, { primaryKey: [], uniqueKey: ["code"] }),
			table("s", "orders", { x: "int", Order_ID: "int" }, { primaryKey: [] }),
		];
		const found = read(accepted(written(tables).text)).tables.map(({ primaryKey }) => primaryKey);
		expect(found).toEqual([["code"], ["Order_ID"]]);
	});

	it("says the largest tables, with rows and size", () => {
		const { text } = written(shop);
		expect(text).toContain("# 3 tables, about 40,112 rows, 8.1 MB. The largest:");
		expect(text).toContain("    #   orders     about 40,012 rows, 8.1 MB");
		expect(text).not.toContain("#   log");
	});

	it("has names that YAML would read as something else", () => {
		const names = [
			"yes",
			"null",
			"1e3",
			"true",
			"~",
			"- a",
			"a: b",
			"# c",
			"a.b",
			"`",
			"'",
			'"',
			"\u0085x",
			"\u2028",
			"订单",
		];
		const tables = names.flatMap((name) => [
			table("s", name, { email: "varchar", [name]: "int" }, { primaryKey: [] }),
			table(name, "x", { id: "int" }),
		]);
		const { text } = written(tables);
		expect(new Set(read(text).schemas.map(({ name }) => name))).toEqual(new Set(["s", ...names]));
		const entries = read(accepted(text)).tables;
		for (const name of names) expect(entries).toContainEqual(expect.objectContaining({ schema: "s", table: name }));
	});
});

describe("whatever the names of tables and columns,", () => {
	// A name of MySQL: characters of the basic plane except NUL, no blank at its end.
	const name = fc
		.string({
			unit: fc.oneof(
				fc.constantFrom(..."`.\"'\\ :#-*{}[]%\n\t\u0085\u2028é订A1_"),
				fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }),
			),
			minLength: 1,
			maxLength: 12,
		})
		.filter((text) => !/[\0\ud800-\udfff]/.test(text) && !text.endsWith(" "));
	// Two columns that differ in case alone no server has.
	const columns = fc.uniqueArray(name, { minLength: 2, maxLength: 4, selector: (text) => text.toLowerCase() });
	const anyTable = fc
		.record({
			schema: fc.oneof(fc.constant("s"), name),
			name,
			columns,
			types: fc.array(fc.constantFrom("int", "varchar", "datetime", "date"), { minLength: 4, maxLength: 4 }),
			keyless: fc.boolean(),
			rows: fc.nat(1_000_000),
		})
		.map(({ schema, name: own, columns: names, types, keyless, rows }) => {
			const typed = Object.fromEntries(names.map((column, at) => [column, types[at] ?? "int"]));
			return table(schema, own, typed, { rows, ...(keyless ? { primaryKey: [] } : {}) });
		});
	const anyTables = fc
		.uniqueArray(anyTable, {
			minLength: 1,
			maxLength: 5,
			selector: ({ schema, name: own }) => JSON.stringify([schema, own]),
		})
		.map(([first, ...rest]) => {
			if (first === undefined) return [];
			const {
				schema,
				name: own,
				columns: [field],
			} = first;
			const reference = { schema, table: own, fields: [field?.name ?? ""] };
			return [
				first,
				...rest.map((one) => ({ ...one, foreignKeys: [{ columns: [one.columns[1]?.name ?? ""], ...reference }] })),
			];
		});

	it("the definition says what the server has, also with all that is suggested", () => {
		fc.assert(
			fc.property(anyTables, (tables) => {
				const { text } = written(tables);
				expect(
					read(text)
						.schemas.map(({ name: own }) => own)
						.sort(),
				).toEqual([...new Set(tables.map(({ schema }) => schema))].sort());
				const pipeline = read(accepted(text));
				for (const { schema, name: own, primaryKey } of tables) {
					if (primaryKey.length > 0) continue;
					expect(pipeline.tables).toContainEqual(expect.objectContaining({ schema, table: own }));
				}
			}),
			{ numRuns: cases(300) },
		);
	});

	it("the model is a SELECT over tables that there are", () => {
		fc.assert(
			fc.property(anyTables, (tables) => {
				const { text, models } = written(tables);
				const known = withCatalogNames(tables).map(({ schema, name: own, catalogName }) => {
					return { schema, table: own, name: catalogName };
				});
				const files = models.map(({ name: own, sql }) => ({ file: `models/${own}.sql`, content: sql }));
				const [model] = readModels(files, { pipeline: read(text), tables: known });
				expect(model?.key).toEqual(model?.sql.includes("AS day") === true ? ["day"] : []);
			}),
			{ numRuns: cases(100) },
		);
	});

	it("Athena's grammar takes the queries, and DuckDB finds the tables and columns", async () => {
		const trino = new TrinoSQL();
		const instance = await DuckDBInstance.create(":memory:");
		const connection = await instance.connect();
		const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
		const types: Record<string, string> = { datetime: "timestamp" };
		try {
			await fc.assert(
				fc.asyncProperty(anyTables, async (tables) => {
					await connection.run("USE main; DROP SCHEMA IF EXISTS lake CASCADE; CREATE SCHEMA lake; USE lake");
					for (const { catalogName, columns: all } of withCatalogNames(tables)) {
						const list = all.map(({ name: own, type }) => `${quoted(own)} ${types[type] ?? type}`).join(", ");
						await connection.run(`CREATE TABLE ${quoted(catalogName)} (${list})`);
						await connection.run(`INSERT INTO ${quoted(catalogName)} DEFAULT VALUES`);
					}
					for (const { name: model } of written(tables).models) {
						await connection.run(`CREATE TABLE ${quoted(model)} AS SELECT DATE '2026-01-01' AS day, 1 AS row_count`);
					}
					for (const sql of written(tables).sql) {
						expect(trino.validate(sql)).toEqual([]);
						expect(trino.splitSQLByStatement(sql)).toHaveLength(1);
						await connection.runAndReadAll(sql);
					}
					const rows = await connection.runAndReadAll(written(tables).sql[1] ?? "");
					const filled = tables.filter(({ rows: count }) => count > 0).length;
					expect(rows.getRows()).toHaveLength(filled === 0 ? tables.length : filled);
				}),
				{ numRuns: cases(60) },
			);
		} finally {
			connection.closeSync();
			instance.closeSync();
		}
	});
});
