import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { testContext } from "../../../tests/support/context.ts";
import type { Query } from "../../engines/port.ts";
import { ColumnNames } from "./columnNames.ts";
import { conditionOf, readCurrent } from "./currentRows.ts";

const names = new ColumnNames(["k", "n"], "local");

let instance: DuckDBInstance;
let query: Query;

beforeAll(async () => {
	instance = await DuckDBInstance.create(":memory:");
	const connection = await instance.connect();
	await connection.run("SET TimeZone = 'UTC'");
	query = {
		run: async (sql) => {
			const reader = await connection.runAndReadAll(sql);
			return { columns: [], rows: reader.getRowsJson(), seconds: 0 };
		},
	};
});

afterAll(() => instance.closeSync());

/** Types of keys in current tables, with values as the source has them, and another that must not be taken for it. */
it.each([
	["DATE", "2026-01-31", "2026-01-30"],
	["DECIMAL(8,2)", "1.50", "1.51"],
	["DECIMAL(38,0)", "99999999999999999999999999999999999999", "99999999999999999999999999999999999998"],
	["DECIMAL(20,0)", "18446744073709551615", "18446744073709551614"],
	["BIGINT", "9223372036854775807", "9223372036854775806"],
	["BIGINT", "-9223372036854775808", "-9223372036854775807"],
	["BIGINT", 9_007_199_254_740_991, "9007199254740990"],
	["INTEGER", -5, "5"],
	["VARCHAR", 'it\'s "so", ü', "its"],
	["VARCHAR", "", " "],
	["VARCHAR", "1.50", "1.5"],
	["TIMESTAMP", "2026-01-31 10:00:00", "2026-01-31 10:00:00.000001"],
	["TIMESTAMP", "2026-01-31 10:00:00.250000", "2026-01-31 10:00:00.25001"],
	["TIMESTAMPTZ", "2026-01-31 10:00:00.5", "2026-01-31 11:00:00.5"],
	["BOOLEAN", null, "true"],
] as const)("finds a row by a key of type %s: %s", async (type, value, other) => {
	const literal = (one: unknown): string => (one === null ? "NULL" : `'${String(one).replaceAll("'", "''")}'`);
	await query.run(
		`CREATE OR REPLACE TABLE t AS SELECT CAST(v AS ${type}) AS k, n FROM (VALUES (${literal(value)}, 1), (${literal(other)}, 2)) x(v, n)`,
		testContext(),
	);
	const rows = await readCurrent(query, "t", ["n"], { columns: ["k"], values: [[value]] }, names, testContext());
	expect(rows).toEqual([["1"]]);
});

it("compares no column with a literal of another type, which Athena refuses", () => {
	const selection = {
		columns: ["d", "n"],
		values: [
			["2026-01-31", 1],
			["a'b", null],
		],
	};
	expect(conditionOf(selection, names)).toBe(
		`(CAST("d" AS VARCHAR) IN ('2026-01-31') AND "n" IN (1)) OR (CAST("d" AS VARCHAR) IN ('a''b') AND "n" IS NULL)`,
	);
	expect(conditionOf({ columns: ["d"], values: [] }, names)).toBe("FALSE");
	expect(conditionOf({ columns: ["d"], values: [[1], [2]] }, names)).toBe('"d" IN (1, 2)');
	expect(conditionOf({ columns: ["d"], values: [[1], ["a"], [null]] }, names)).toBe(
		`("d" IN (1) OR CAST("d" AS VARCHAR) IN ('a') OR "d" IS NULL)`,
	);
});

it("has every spelling that an engine has of a time, and of nothing else", () => {
	const sql = (value: string): string => conditionOf({ columns: ["t"], values: [[value]] }, names);
	// Athena's timestamp(6), its timestamp(3) with a zone, and DuckDB's.
	for (const text of ["2026-01-31 10:00:00.500000", "2026-01-31 10:00:00.500 UTC", "2026-01-31 10:00:00.5"]) {
		expect(sql("2026-01-31 10:00:00.5")).toContain(`'${text}'`);
	}
	expect(sql("2026-01-31 10:00:00.5")).not.toContain("10:00:00'");
	fc.assert(
		fc.property(
			fc.string().filter((text) => !/^\d{4}/.test(text)),
			(text) => {
				expect(sql(text)).toBe(`CAST("t" AS VARCHAR) IN ('${text.replaceAll("'", "''")}')`);
			},
		),
	);
});

it("asks for a column that looks like another's before image by the name that it has in the lake", async () => {
	await query.run('CREATE OR REPLACE TABLE t AS SELECT 1 AS id, 7 AS "_x0042_I_id", 8 AS "bi_other"', testContext());
	const taken = new ColumnNames(["id", "BI_id", "BI_other"], "local");
	const selection = { columns: ["BI_id", "id"], values: [[7, 1]] };
	expect(await readCurrent(query, "t", ["BI_id", "BI_other"], selection, taken, testContext())).toEqual([["7", "8"]]);
	expect([taken.raw("BI_id"), taken.raw("Op"), taken.raw("BI_other")]).toEqual(["_x0042_I_id", "_x004f_p", "BI_other"]);
	expect(new ColumnNames(["id", "BI_id"], "aws").raw("BI_id")).toBe("BI_id");
});
