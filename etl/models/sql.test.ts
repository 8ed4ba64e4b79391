import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readSelect } from "./sql.ts";

const tablesOf = (sql: string): string[] => readSelect(sql).references.map(({ parts }) => parts.join("."));

describe("tables that a SELECT reads", () => {
	it.each([
		["SELECT 1", []],
		["SELECT a FROM orders", ["orders"]],
		[
			"select o.a from Orders as o join `Order Lines` l on l.id = o.id, c cross join d",
			["Orders", "Order Lines", "c", "d"],
		],
		["SELECT a FROM shop.orders, `a.b`.`c``d`", ["shop.orders", "a.b.c`d"]],
		["SELECT a FROM t1 UNION ALL (SELECT b FROM t2 EXCEPT SELECT c FROM t3)", ["t1", "t2", "t3"]],
		[
			"SELECT a, (SELECT max(b) FROM s) FROM t WHERE EXISTS (SELECT 1 FROM u) AND a IN (SELECT a FROM v)",
			["s", "t", "u", "v"],
		],
		["SELECT * FROM (SELECT * FROM inner_table) x", ["inner_table"]],
		["SELECT 'FROM no' AS \"x\" -- FROM no\nFROM t /* JOIN no */", ["t"]],
		["SELECT * FROM t LATERAL VIEW explode(from_json(x, 'array<int>')) e AS y", ["t"]],
		["SELECT * FROM t LATERAL VIEW OUTER explode(m) e AS k, v WHERE v > 0", ["t"]],
		["SELECT a, b FROM t SORT BY a, b", ["t"]],
		["SELECT a, b FROM t DISTRIBUTE BY a, b", ["t"]],
		["SELECT 'it\\'s FROM no', \"FROM \\\" no\", r'\\' FROM t", ["t"]],
		["SELECT * FROM t PIVOT (sum(a) FOR b IN ('x', 'y')) JOIN u", ["t", "u"]],
		["SELECT * FROM a, LATERAL explode(a.b) AS x(y), LATERAL (SELECT 1 FROM c) AS z", ["a", "c"]],
		["SELECT * FROM (TABLE a) UNION TABLE b", ["a", "b"]],
		["SELECT * FROM range(5), VALUES (1) AS v(a)", []],
		["SELECT * FROM t, T, t", ["t", "T"]],
		["TABLE orders", ["orders"]],
		["SELECT extract(year FROM d), trim(LEADING 'x' FROM s), substring(s FROM 2) FROM t", ["t"]],
	])("%s", (sql, tables) => {
		expect(readSelect(sql).mistakes).toEqual([]);
		expect(tablesOf(sql)).toEqual(tables);
	});

	it.each([
		["a name of WITH stands for no table", "WITH a AS (SELECT 1 FROM t) SELECT * FROM a, `a`", ["t"]],
		["nor within queries of it", "WITH a AS (SELECT 1) SELECT * FROM (SELECT * FROM a WHERE x IN (TABLE a))", []],
		["one sees those before it", "WITH a AS (SELECT 1), b AS (SELECT * FROM a JOIN c) SELECT * FROM b", ["c"]],
		["and not itself", "WITH orders AS (SELECT * FROM orders) SELECT * FROM orders", ["orders"]],
		["nor those behind it", "WITH a AS (SELECT * FROM b), b AS (SELECT 1) SELECT * FROM a, b", ["b"]],
		["outside of its query it is a table", "SELECT * FROM (WITH a AS (SELECT 1) SELECT * FROM a) JOIN a", ["a"]],
		["with a schema it is a table", "WITH a AS (SELECT 1) SELECT * FROM shop.a", ["shop.a"]],
	])("%s", (_, sql, tables) => {
		expect(tablesOf(sql)).toEqual(tables);
	});

	it("are where the text has them", () => {
		const { references } = readSelect("\n\nSELECT *\n  FROM a\n  JOIN b");
		expect(references.map(({ line, column }) => [line, column])).toEqual([
			[4, 8],
			[5, 8],
		]);
	});
});

describe("a file that is not one SELECT", () => {
	it.each([
		["", 1, "It contains no SELECT"],
		["-- only a comment", 1, "It contains no SELECT"],
		["SELECT 1;\nSELECT 2", 2, "several statements"],
		["\nINSERT INTO x SELECT 1", 2, "It is not a SELECT"],
		["CREATE TABLE x AS SELECT 1", 1, "It is not a SELECT"],
		["DROP TABLE x", 1, "It is not a SELECT"],
		["SELECT 1\nFROM FROM t", 2, "It is not valid Spark SQL"],
		["SELEC 1", 1, "It is not valid Spark SQL"],
	])("%j", (sql, line, what) => {
		const { mistakes, references } = readSelect(sql);
		expect(mistakes).toHaveLength(1);
		expect(mistakes[0]?.what).toContain(what);
		expect(mistakes[0]?.line).toBe(line);
		expect(references).toEqual([]);
	});

	it("has names of WITH in the spelling of WITH, as one engine tells them apart", () => {
		const { mistakes } = readSelect("WITH Totals AS (SELECT 1)\nSELECT * FROM totals");
		expect(mistakes).toEqual([
			{
				what: "totals is spelled Totals in WITH, and some engines treat them as different names.",
				fix: "Write Totals.",
				line: 2,
				column: 15,
			},
		]);
	});

	it("may end with a semicolon and comments", () => {
		const { mistakes, sql } = readSelect("SELECT 1 FROM t ; -- that is all\n");
		expect([mistakes, sql]).toEqual([[], "SELECT 1 FROM t"]);
	});
});

describe("whatever the names are", () => {
	const name = fc.string({ minLength: 1, maxLength: 8 }).filter((text) => !/[\0\r\n]/.test(text));
	const quoted = (text: string): string => `\`${text.replaceAll("`", "``")}\``;

	it("tables are found, and names of WITH are not", () => {
		fc.assert(
			fc.property(
				fc.uniqueArray(name, { minLength: 3, maxLength: 5, selector: (text) => text.toLowerCase() }),
				(names) => {
					const [cte = "", first = "", ...others] = names;
					const from = [cte, ...others].map((other, at) => `${quoted(other)} AS x${at}`).join(", ");
					const { mistakes, references } = readSelect(
						`WITH ${quoted(cte)} AS (SELECT 'FROM ${first.replaceAll(/['\\]/g, "")}' FROM ${quoted(first)}) SELECT 1 FROM ${from}`,
					);
					expect(mistakes).toEqual([]);
					expect(references.map(({ parts }) => parts)).toEqual([first, ...others].map((one) => [one]));
				},
			),
			{ numRuns: 60 },
		);
	});

	it("any text is read or refused", () => {
		const words = fc.constantFrom(
			"SELECT",
			"FROM",
			"a",
			"`b`",
			"(",
			")",
			",",
			"WITH",
			"AS",
			"1",
			"'x",
			"--",
			"/*",
			";",
			"JOIN",
		);
		fc.assert(
			fc.property(fc.array(words, { maxLength: 12 }), (parts) => {
				const { mistakes, references } = readSelect(parts.join(" "));
				if (mistakes.length > 0) expect(references).toEqual([]);
			}),
			{ numRuns: 100 },
		);
	});
});
