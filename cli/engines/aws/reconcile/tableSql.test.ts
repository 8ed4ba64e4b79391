import { TrinoSQL } from "dt-sql-parser/dist/parser/trino/index.js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalColumn } from "./canonicalColumn.ts";
import { rangeOf, type SqlTable, TableSql } from "./tableSql.ts";

const types =
	"bigint unsigned|decimal(10,2)|float|bit(1)|bit(12)|date|datetime(6)|time|varchar(20)|text|json|binary(6)|blob|decimal(65,30)".split(
		"|",
	);
const columns = [
	...types.flatMap((type, at) => canonicalColumn(`c'"\`${at} ä`, type, false, at === 0) ?? []),
	...[canonicalColumn("hashed", "varchar(20)", true, false)].flatMap((one) => one ?? []),
];
const table: SqlTable = {
	...{ schema: "own", table: "t", columns, key: [0], lake: '"db"."t" FOR VERSION AS OF 8765432109876543210' },
	buckets: { by: "digest" },
};
const range: SqlTable["buckets"] = { by: "range", column: columns[0] as never, first: -5n, size: 7n };

/** What is wrong with a statement, by Trino's grammar. */
function mistakes(sql: string): string[] {
	return new TrinoSQL().validate(sql).map(({ message }) => message);
}

test.for([
	["by digest", table],
	["by ranges", { ...table, buckets: range }],
	["of a bag", { ...table, key: [] }],
	["of many columns", { ...table, columns: Array.from({ length: 30 }, () => columns).flat() }],
] as const)("all statements over the lake are Trino's: %s", ([, one]) => {
	const { lake } = new TableSql(one);
	const where = [
		lake.within(columns[0] as never, [
			[-3n, 4n],
			[9n, 9n],
		]),
	];
	for (const sql of [lake.sums([]), lake.sums(where), lake.rows(["-7", "~"], where), lake.values(["it's|~"], [])]) {
		expect([sql, mistakes(sql)]).toEqual([sql, []]);
	}
	expect(mistakes(lake.sums([]).replace("FOR VERSION", "AT VERSION"))).not.toEqual([]);
	// Each function takes few arguments, however many columns there are.
	for (const [, list = ""] of lake.sums([]).matchAll(/CONCAT_WS\(([^()]*)\)/g))
		expect(list.split(",").length).toBeLessThan(60);
});

test("a number is in the range of the bucket that SQL gives it", () => {
	fc.assert(
		fc.property(
			fc.bigInt(-(2n ** 63n), 2n ** 64n),
			fc.bigInt(-(2n ** 63n), 2n ** 64n),
			fc.bigInt(1n, 2n ** 60n),
			(number, first, size) => {
				const offset = number - first;
				const [from, to] = rangeOf({ first, size }, String(offset - (offset % size))) ?? [1n, 0n];
				expect(from <= number && number <= to).toBe(true);
			},
		),
	);
	expect(rangeOf({ first: 0n, size: 1n }, "~")).toBeUndefined();
});
