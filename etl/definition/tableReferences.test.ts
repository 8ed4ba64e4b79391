import { expect, it } from "vitest";
import { tableReferences, withTables } from "./tableReferences.ts";

const tables = (sql: string): string[] => tableReferences(sql).map(({ parts }) => parts.join("."));

it.each([
	["SELECT a FROM orders", ["orders"]],
	["select a from Orders o, lake.lines as l WHERE o.id = l.id", ["Orders", "lake.lines"]],
	['SELECT 1 FROM "order" JOIN "a ""b""".`c``d` USING (id, name)', ["order", 'a "b".c`d']],
	["SELECT 1 FROM a LEFT JOIN (SELECT x FROM b) AS s ON s.x = a.x CROSS JOIN c", ["a", "b", "c"]],
	["SELECT 1 FROM (a JOIN b ON a.i = b.i), c", ["a", "b", "c"]],
	["SELECT (SELECT max(x) FROM inner_table) AS m, y FROM outer_table", ["inner_table", "outer_table"]],
	["SELECT a FROM x WHERE EXISTS (SELECT 1 FROM y) AND b IN (SELECT b FROM z) ORDER BY a, b", ["x", "y", "z"]],
	["SELECT a FROM x UNION ALL SELECT b FROM y", ["x", "y"]],
	["SELECT DISTINCT a, b FROM x", ["x"]],
	// FROM that begins no clause
	["SELECT extract(year FROM day), substring(name FROM 2 FOR 3), trim(BOTH ' ' FROM t) FROM x", ["x"]],
	["SELECT a IS DISTINCT FROM b AS changed FROM x WHERE c IS NOT DISTINCT FROM d", ["x"]],
	["SELECT a FROM x JOIN y ON x.a IS NOT DISTINCT FROM y.a JOIN z ON true", ["x", "y", "z"]],
	// Not tables
	["SELECT i FROM x CROSS JOIN UNNEST(items) AS t(i), LATERAL (SELECT 1) AS l, range(3)", ["x"]],
	["SELECT a -- FROM comment\n, ' FROM text ' /* JOIN b */ FROM x", ["x"]],
	["SELECT GROUPING(a) FROM x GROUP BY a, b", ["x"]],
	// WITH
	["WITH t AS (SELECT * FROM x), u (a, b) AS (SELECT * FROM t, y) SELECT * FROM t JOIN u ON true, z", ["x", "y", "z"]],
	["WITH orders AS (SELECT * FROM orders) SELECT * FROM orders", ["orders"]],
	["WITH t AS MATERIALIZED (SELECT 1 FROM x), u AS NOT MATERIALIZED (SELECT 1 FROM t) SELECT 1 FROM T, u", ["x"]],
	["WITH RECURSIVE r AS (SELECT 1 FROM x UNION ALL SELECT 2 FROM r) SELECT * FROM r", ["x"]],
	["SELECT * FROM (WITH t AS (SELECT 1 FROM x) SELECT * FROM t) AS s JOIN t ON true", ["x", "t"]],
	["VALUES (1), (2)", []],
	["", []],
] as const)("%s", (sql, expected) => {
	expect(tables(sql)).toEqual(expected);
});

it("renames tables, and nothing else", () => {
	const sql = "-- orders\nSELECT orders.id, 'orders' FROM orders, db.orders JOIN \"orders\" AS o ON true";
	expect(withTables(sql, (parts) => (parts.length === 1 ? `lake.${parts[0]}` : undefined))).toBe(
		"-- orders\nSELECT orders.id, 'orders' FROM lake.orders, db.orders JOIN lake.orders AS o ON true",
	);
});
