import { expect, test } from "vitest";
import type { QueryResult } from "../engines/port.ts";
import { resultTable } from "./resultTable.ts";
import { stripAnsi } from "./terminal.ts";

const result: QueryResult = {
	columns: [
		{ name: "name", type: "string" },
		{ name: "amount", type: "decimal(10,2)" },
		{ name: "details", type: "struct<a:int>" },
	],
	rows: [
		['say "hi",\nAda', 1.1, { a: 1 }],
		["", null, null],
		[null, 1234, { a: 2 }],
	],
	seconds: 0.1,
};

test("a table has numbers to the right with all their digits, NULL, and no line breaks in a cell", () => {
	expect(stripAnsi(resultTable(result)).split("\n")).toEqual([
		"name             amount  details",
		'say "hi",\\nAda     1.10  {"a":1}',
		"                   NULL  NULL",
		'NULL            1234.00  {"a":2}',
	]);
});

test("where a row does not fit, a line a value, broken between words below its beginning", () => {
	const columns = ["id", "note", ...Array.from({ length: 8 }, (_, at) => `column_${at}`)];
	const wide: QueryResult = {
		columns: columns.map((name) => ({ name, type: "string" })),
		rows: [["1", "as long as it takes to say it", ...Array.from({ length: 8 }, () => "a value of its own")]],
		seconds: 0.1,
	};
	expect(resultTable(wide, 32).split("\n").slice(0, 5)).toEqual([
		"-- row 1",
		"id        1",
		"note      as long as it takes to",
		"          say it",
		"column_0  a value of its own",
	]);
});
