import { expect, test } from "vitest";
import type { QueryResult } from "../engines/port.ts";
import { resultCsv } from "./resultText.ts";

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

test("CSV follows RFC 4180 and tells an empty text from a null", () => {
	expect(resultCsv(result, false)).toBe(
		'name,amount,details\r\n"say ""hi"",\nAda",1.10,"{""a"":1}"\r\n"",,\r\n,1234.00,"{""a"":2}"\r\n',
	);
});

test("a safe CSV holds no formula, neither in a name nor in a value, and its numbers stay", () => {
	const columns = [
		{ name: "=a", type: "string" },
		{ name: "n", type: "decimal(10,2)" },
	];
	expect(resultCsv({ ...result, columns, rows: [["@SUM(1)", -1.5]] }, true)).toBe("'=a,n\r\n'@SUM(1),-1.50\r\n");
});

test("CSV of no row is its header", () => {
	expect(resultCsv({ ...result, rows: [] }, false)).toBe("name,amount,details\r\n");
});
