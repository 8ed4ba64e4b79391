import { it } from "vitest";
import { expectSaid } from "../fixtures/cases.ts";
import { least } from "../fixtures/said.ts";

const verify = (text: string): string => `${least}verify: { table: shop.a, ${text} }\n`;

it.each<[string, string, (string | RegExp)[]]>([
	["a mark without rows", verify("marker: name"), [/^3 verify\.marker: It has no effect without rows\./]],
	[
		"a mark in a column that the rows do not have",
		verify("rows: [{ name: a }], marker: nam"),
		[/^3 verify\.marker: The rows have no column "nam"\. Allowed: name\. Did you mean name\?/],
	],
	[
		"a mark in a number",
		verify("rows: [{ id: 1 }], marker: [id]"),
		[/^3 verify\.marker\[0\]: The column "id" of the rows is not text\./],
	],
	[
		"a mark that does not come into the lake",
		`${verify("rows: [{ name: a }], marker: name")}tables: { shop.a: { columns: { name: drop } } }\n`,
		[/^3 verify\.marker: The column "name" is not replicated\./],
	],
	[
		"rows of other columns",
		verify("rows: [{ a: x }, { b: x }]"),
		[/^3 verify\.rows\[1\]: Its columns differ from those of the first row\./],
	],
	[
		"a sample without a mark",
		verify("rows: [{ a: x }], sample: { row_count: 1, row: { a: y } }"),
		[/^3 verify\.sample: It has no effect without marker\./],
	],
	[
		"a query of the demo without a folder of queries",
		`${least}sample_data: { script: a.ts, query: b }\n`,
		[/^3 sample_data\.query: The definition has no folder of named queries\./],
	],
])("%s", expectSaid);
