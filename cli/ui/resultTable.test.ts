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
