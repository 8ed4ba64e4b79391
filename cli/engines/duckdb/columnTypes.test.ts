import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fromDuckDb, fromIceberg, toDuckDb } from "./columnTypes.ts";

let instance: DuckDBInstance;
beforeAll(async () => {
	instance = await DuckDBInstance.create(":memory:");
});
afterAll(() => instance.closeSync());

/** The type that DuckDB gives to an expression. */
async function typeOf(expression: string) {
	const connection = await instance.connect();
	try {
		const type = (await connection.run(`SELECT ${expression}`)).columnTypes()[0];
		if (type === undefined) throw new Error(`no column in SELECT ${expression}`);
		return type;
	} finally {
		connection.closeSync();
	}
}

const everyType = [
	"boolean",
	"tinyint",
	"smallint",
	"int",
	"bigint",
	"float",
	"double",
	"string",
	"binary",
	"date",
	"timestamp",
	"decimal(38,10)",
	"array<int>",
	"map<string,decimal(10,2)>",
	"struct<a:int,B:array<struct<c:map<string,double>,d e:date>>>",
];

test.each(everyType)("%s keeps its name through DuckDB", async (type) => {
	expect(fromDuckDb(await typeOf(`CAST(NULL AS ${toDuckDb(type)})`))).toBe(type);
});

describe("types that the catalog lacks", () => {
	test.each([
		["UTINYINT", "smallint"],
		["USMALLINT", "int"],
		["UINTEGER", "bigint"],
		["UBIGINT", "decimal(20,0)"],
		["HUGEINT", "decimal(38,0)"],
		["TIMESTAMPTZ", "timestamp"],
		["TIMESTAMP_NS", "timestamp"],
		["TIME", "string"],
		["UUID", "string"],
		["INTERVAL", "string"],
	])("%s becomes %s", async (type, expected) => {
		expect(fromDuckDb(await typeOf(`CAST(NULL AS ${type})`))).toBe(expected);
	});
});

test.each([
	["long", "bigint"],
	["timestamptz", "timestamp"],
	["decimal(9, 2)", "decimal(9,2)"],
	["fixed[16]", "binary"],
	["uuid", "string"],
])("Iceberg's %s becomes %s", (type, expected) => {
	expect(fromIceberg(type)).toBe(expected);
});

test("nested Iceberg types become Athena's", () => {
	const field = { name: "x", type: { type: "list" as const, element: "long" } };
	expect(fromIceberg({ type: "map", key: "string", value: { type: "struct", fields: [field] } })).toBe(
		"map<string,struct<x:array<bigint>>>",
	);
});

test("a type that nobody knows is an error", () => {
	expect(() => toDuckDb("varbit")).toThrow("varbit");
});
