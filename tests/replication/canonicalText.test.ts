import type { Connection, RowDataPacket } from "mysql2/promise";
import { describe, expect } from "vitest";
import { canonicalColumn } from "../../cli/engines/aws/reconcile/canonicalColumn.ts";
import { ComparingTable } from "../../cli/engines/aws/reconcile/compareTable.ts";
import { type Side, type SqlTable, TableSql } from "../../cli/engines/aws/reconcile/tableSql.ts";
import type { Pipeline } from "../../etl/contract/pipeline/pipeline.ts";
import { TrinoStandIn } from "../support/aws/trinoStandIn.ts";
import { testContext } from "../support/context.ts";
import { it as base } from "../support/serverFixtures.ts";
import { isMySql } from "../support/servers/source.ts";
import { createTypeTable, expectedTypeRows, insertTypeRows, typeColumns } from "../support/typeTable.ts";

const it = base.extend("trino", { scope: "file" }, async ({ fileFolder: _ }, { onCleanup }) => {
	const trino = await TrinoStandIn.create();
	onCleanup(() => trino.close());
	return trino;
});

/** The same rows on both sides: the server's own, and what the contract says that the lake has of them. */
describe("the text of each value", () => {
	let source: Connection;
	let trino: TrinoStandIn;
	let columns: NonNullable<ReturnType<typeof canonicalColumn>>[];

	it.beforeAll(async ({ db, server, trino: own }) => {
		source = db;
		trino = own;
		await db.query("CREATE DATABASE own CHARACTER SET utf8mb4");
		await db.query(createTypeTable("own.types", true));
		await (await server.connect()).query(insertTypeRows("own.types", 1));
		await db.query("SET SESSION time_zone = '+00:00'");
		const [found] = await db.query<RowDataPacket[]>(
			"SELECT COLUMN_NAME AS name, COLUMN_TYPE AS type FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = 'own' ORDER BY ORDINAL_POSITION",
		);
		columns = found.flatMap(({ name, type }) => canonicalColumn(name, type, false, name === "id") ?? []);
		expect(columns).toHaveLength(typeColumns.length + 1);
		// DMS writes FLOAT as a double.
		const types = typeColumns.map(({ name, raw }) => `"${name}" ${raw === "FLOAT" ? "DOUBLE" : raw}`);
		await trino.run(`CREATE TABLE types (id INTEGER, ${types.join(", ")})`);
		// DuckDB's SQL holds no NUL.
		const bytes = (text: string | null): string =>
			text === null ? "NULL" : `unhex('${Buffer.from(text, "utf8").toString("hex")}')`;
		for (const [index, row] of expectedTypeRows.entries()) {
			const values = typeColumns.map(({ name, raw }) =>
				raw === "BLOB"
					? `unhex(decode(${bytes(row[name] ?? null)}))`
					: `CAST(decode(${bytes(row[name] ?? null)}) AS ${raw})`,
			);
			await trino.run(`INSERT INTO types VALUES (${index + 1}, ${values.join(", ")})`);
		}
	});

	const table = (changes: Partial<SqlTable>): SqlTable => ({
		...{ schema: "own", table: "types", columns, key: [0], lake: '"types" FOR VERSION AS OF 1' },
		...{ buckets: { by: "digest" }, ...changes },
	});
	const first = (): SqlTable["buckets"] => ({ by: "range", column: columns[0] as never, first: 2n, size: 2n });
	const both = async (sql: TableSql, of: (side: TableSql["source"]) => string) => {
		const [rows] = await source.query<RowDataPacket[]>(of(sql.source));
		const { columns: names, rows: texts } = await trino.answer(of(sql.lake));
		const sorted = (all: Record<string, unknown>[]) =>
			all
				.map((row) => JSON.stringify(Object.values(row).map((value) => (value === null ? null : String(value)))))
				.sort();
		return {
			source: sorted(rows),
			lake: sorted(texts.map((row) => Object.fromEntries(names.map(([name], at) => [name, row[at]])))),
		};
	};

	it("is the same on both sides, for each type; a null is not an empty text", async () => {
		const { source: here, lake: there } = await both(new TableSql(table({})), (side) =>
			side.values(
				expectedTypeRows.map((_, index) => String(index + 1)),
				[],
			),
		);
		expect(there).toEqual(here);
		expect(here).toHaveLength(expectedTypeRows.length);
		expect(here.at(-1)).toMatch(/^\["\d+","\d+",null,null/);
	});

	it.for(["digest", "range", "bag"])("sums and rows of buckets by %s are the same", async (by) => {
		const sql = new TableSql(table({ ...(by === "range" && { buckets: first() }), ...(by === "bag" && { key: [] }) }));
		const sums = await both(sql, (side) => side.sums([]));
		expect(sums.lake).toEqual(sums.source);
		const buckets = sums.source.map((text) => (JSON.parse(text) as string[])[0] ?? "");
		expect(buckets.length).toBeGreaterThan(1);
		const rows = await both(sql, (side) => side.rows(buckets, []));
		expect(rows.lake).toEqual(rows.source);
		expect(rows.source).toHaveLength(expectedTypeRows.length);
	});

	it.skipIf(!isMySql)("JSON in another text is the same, and JSON that differs is named", async ({ server }) => {
		await source.query(`CREATE TABLE own.docs (id INT PRIMARY KEY, doc JSON)`);
		const docs = ['{"b": [1e2, "1e2"], "a": 12345678901234567890}', '{"a": 1}', '{"a": 12345678901234567890}', "[]"];
		const others = ['{"a":12345678901234567890,"b":[100,"1e2"]}', '{"a": "1"}', '{"a": 12345678901234567891}', "[]"];
		await trino.run("CREATE TABLE docs (id INTEGER, doc VARCHAR)");
		for (const [index, doc] of docs.entries()) {
			await source.query("INSERT INTO own.docs VALUES (?, ?)", [index, doc]);
			await trino.run(`INSERT INTO docs VALUES (${index}, '${others[index]}')`);
		}
		const lake = {
			columns: [
				{ name: "id", type: "int" },
				{ name: "doc", type: "string" },
			],
			...{ from: '"docs" FOR VERSION AS OF 1', rows: 4, bytes: 4 },
		};
		const { comparison } = await new ComparingTable(
			{
				connect: async () => {
					const connection = await server.connect();
					return {
						query: async (sql, values) => (await connection.query<RowDataPacket[]>(sql, values))[0],
						close: () => connection.end(),
					};
				},
				lake: async () => lake,
				pipeline: { columns: {}, tables: [], schemas: [] } as unknown as Pipeline,
				query: {
					run: async (sql) => {
						const { columns: names, rows } = await trino.answer(sql);
						return {
							columns: names.map(([name, type]) => ({ name, type })),
							rows: rows.map((row) => [...row]),
							seconds: 0,
						};
					},
				},
			},
			{ schema: "own", table: "docs", estimate: 4, isAtSource: true, isInLake: true },
			{},
		).compare(testContext());
		expect(comparison).toMatchObject({ rows: { source: 4, lake: 4 }, counts: { changed: 2 }, notCompared: [] });
		expect(comparison.examples.map(({ key, columns: found }) => [key.id, found?.doc?.lake])).toEqual([
			["1", '{"a": "1"}'],
			["2", '{"a": 12345678901234567891}'],
		]);
	});

	it("the bytes of geometries and vectors are those that the server stores", async () => {
		const vector = isMySql ? ", v VECTOR(2)" : "";
		await source.query(`CREATE TABLE own.shapes (id INT PRIMARY KEY, p POINT, g GEOMETRY${vector})`);
		const of = isMySql ? ", STRING_TO_VECTOR('[1,2]')" : "";
		await source.query(`INSERT INTO own.shapes VALUES (1, POINT(1, 2), ST_GeomFromText('LINESTRING(0 0,1 1)')${of})`);
		const names = ["p", "g", ...(isMySql ? ["v"] : [])];
		const hex = names.map((name) => `HEX(${name}) AS ${name}`).join(", ");
		const [[row]] = await source.query<RowDataPacket[]>(`SELECT ${hex} FROM own.shapes`);
		await trino.run(
			`CREATE TABLE shapes AS SELECT 1 AS id, ${names.map((name) => `unhex('${row?.[name]}') AS ${name}`).join(", ")}`,
		);
		const types: Record<string, string> = { id: "int", p: "point", g: "geometry", v: "vector(2)" };
		const shapes = ["id", ...names].flatMap(
			(name) => canonicalColumn(name, types[name] ?? "", false, name === "id") ?? [],
		);
		const sql = new TableSql(table({ table: "shapes", columns: shapes, lake: '"shapes" FOR VERSION AS OF 1' }));
		for (const of of [(side: Side) => side.sums([]), (side: Side) => side.values(["1"], [])]) {
			const { source: here, lake: there } = await both(sql, of);
			expect(there).toEqual(here);
			expect(here).toHaveLength(1);
		}
	});
});
