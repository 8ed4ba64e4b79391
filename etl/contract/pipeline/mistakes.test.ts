import { describe, expect, it } from "vitest";
import { type Case, chart, expectSaid, tables } from "./fixtures/cases.ts";
import { errorOf, full, least } from "./fixtures/said.ts";
import type { Mistake } from "./mistakes.ts";

describe("a mistake", () => {
	it("has file, line, column, place, reason, allowed values, what was meant, and a fix", () => {
		const text = "name: shop\nsource:\n  schemas:\n    shop: { new_tables: inclde }\n";
		const { mistakes, message, file } = errorOf(text);
		expect(file).toBe("shop/pipeline.yaml");
		expect(mistakes).toEqual([
			{
				line: 4,
				column: 13,
				path: ["source", "schemas", "shop", "new_tables"],
				what: '"inclde" is not allowed.',
				allowed: ["include", "ignore", "fail"],
				meant: "include",
				fix: "Write include.",
			},
		] satisfies Mistake[]);
		expect(message).toBe(
			'shop/pipeline.yaml:4:13: source.schemas.shop.new_tables: "inclde" is not allowed. Allowed: include, ignore, fail. Did you mean include? Write include.',
		);
	});

	it.each<Case>([
		// The file as a whole
		["an empty file", "", [/^1 name: "name" is missing\. Add it: /, /^1 source: "source" is missing\./]],
		["only comments", "# nothing\n", [/"name" is missing/, /"source" is missing/]],
		[
			"a list",
			"- name: shop\n",
			["1 It must be a mapping of keys, but is a list. Start with the keys name and source."],
		],
		["a text", "shop\n", [/^1 It must be a mapping of keys, but is the text "shop"\./]],
		[
			"tabs",
			"name: shop\nsource:\n\tschemas: [shop]\n",
			[/^3 It is not valid YAML: Tabs are not allowed as indentation\. Indent with spaces\.$/],
		],
		[
			"a colon in a text",
			"name: shop\nsource: { schemas: [shop] }\ndescription: a: b\n",
			[/^3 It is not valid YAML: .* in quotes\.$/],
		],
		[
			"an open bracket",
			"name: shop\nsource: { schemas: [shop\n",
			[/^\d It is not valid YAML: /, /^\d It is not valid YAML: /],
		],
		[
			"two documents",
			`${least}---\n${least}`,
			[/^3 It is not valid YAML: .* Use one document per file: remove the line ---\.$/],
		],
		[
			"a key twice",
			`${least}name: shop\n`,
			[/^3 It is not valid YAML: Map keys must be unique\. Remove one of the two/],
		],
		[
			"a key twice, and more",
			`${least}name: shop\nmodel: x\n`,
			[/^3 .*unique/, /^4 model: Unknown key "model"\..* Did you mean models\?/],
		],
		["an unknown tag", `${least}description: !include a\n`, [/^3 It is not valid YAML: Unresolved tag: !include\./]],
		[
			"an alias of nothing",
			`${least}description: *a\n`,
			[
				"3 It is not valid YAML: The alias refers to the anchor &a, which is not defined before it. Correct the YAML. Put text that contains a colon, # or quotes in quotes.",
			],
		],
		// Keys
		[
			"a misspelt key",
			"nmae: shop\nsource: { schemas: [shop] }\n",
			[/^1 nmae: Unknown key "nmae"\. Allowed: name, .* Did you mean name\? Write name\.$/],
		],
		[
			"a key of no kind",
			`${least}xyzzy: 1\n`,
			[/^3 xyzzy: Unknown key "xyzzy"\. Allowed: .* Remove it, or write one of these\.$/],
		],
		["camel case", tables("{ primaryKey: [id] }"), [/^4 .*\.primaryKey: Unknown key.* Did you mean primary_key\?/]],
		["dbt's word", tables("{ tests: [{ not_null: id }] }"), [/\.tests: .* Did you mean rules\?/]],
		[
			"Sling's word",
			"name: shop\nsource:\n  schemas:\n    shop:\n      tables: { select: [a] }\n",
			[/^5 .*\.select: .* Did you mean include\?/],
		],
		["a key in the wrong place", `${least}new_tables: fail\n`, [/^3 new_tables: Unknown key/]],
		["a merge key", `${least}<<: { models: x }\n`, [/^3 \["<<"\]: Unknown key/]],
		// Types
		[
			"a number for a text",
			"name: 2024\nsource: { schemas: [shop] }\n",
			['1 name: It must be text, but is the number 2024. Write it in quotes: "2024".'],
		],
		[
			"a truth for a text",
			`${least}description: true\n`,
			['3 description: It must be text, but is true. Write it in quotes: "true".'],
		],
		[
			"a text for a list",
			tables("{ primary_key: id }"),
			['4 tables["shop.orders"].primary_key: It must be a list, but is the text "id". For example: primary_key: [id]'],
		],
		[
			"a text for a mapping",
			`${least}verify: shop.orders\n`,
			[
				/^3 verify: It must be a mapping of keys, but is the text "shop\.orders"\. For example: verify: \{ table: shop\.pipeline_heartbeat \}$/,
			],
		],
		[
			"a list for a mapping",
			`${least}tables: [shop.orders]\n`,
			[/^3 tables: It must be a mapping of names, but is a list\. For example: tables: /],
		],
		["nothing for a name", "name:\nsource: { schemas: [shop] }\n", [/^1 name: It must be text, but is empty\./]],
		[
			"an empty text",
			'name: shop\ndescription: ""\nsource: { schemas: [shop] }\n',
			['2 description: "" must not be empty. For example: description: Orders and clicks of the shop'],
		],
		[
			"a number that is not whole",
			chart("type: bar, x: a, y: b, top: 1.5"),
			[/\.top: It must be a whole number, but is the number 1\.5\./],
		],
		[
			"a number that is too small",
			chart("type: bar, x: a, y: b, top: 0"),
			["4 charts[0].top: 0 is less than 1. For example: top: 10"],
		],
	])("%s", expectSaid);

	it("is found in every part of the file, in its order", () => {
		const text = [
			"name: Shop",
			"source: { schemas: { shop: { new_tables: maybe }, archive: } }",
			"tables:",
			"  shop.customers:",
			"    columns: { email: mask, id: drop }",
			"    primary_key: [id]",
			"    rules: [{ unqiue: a }, { freshness: { warn_after: soon } }]",
			"  shp.orders: { alias: Big }",
			"jobs:",
			"  - { name: a, script: a.txt, after: [b], reads: [x], writes: 5 }",
			"charts: [{ title: A, query: a.sql, type: lin }, { title: A, query: b.sql, type: line, y: z }]",
			"schedule: often",
		].join("\n");
		expect(errorOf(text).mistakes.map(({ line, path }) => `${line} ${path.join(".")}`)).toEqual([
			"1 name",
			"2 source.schemas.shop.new_tables",
			"5 tables.shop.customers.columns.email",
			"6 tables.shop.customers.primary_key.0",
			"7 tables.shop.customers.rules.0.unqiue",
			"7 tables.shop.customers.rules.1.freshness.warn_after",
			"8 tables.shp.orders",
			"8 tables.shp.orders.alias",
			"10 jobs.0.script",
			"10 jobs.0.after.0",
			"10 jobs.0.reads.0",
			"10 jobs.0.writes",
			"11 charts.0.type",
			"11 charts.1.x",
			"11 charts.1.title",
			"12 schedule",
		]);
	});

	it("is also a file that is not there", () => {
		const there = new Set([
			"models/",
			"queries",
			"jobs/totals.py",
			"queries/revenue.sql",
			"queries/countries.sql",
			"clicks.json",
			"seed/sample.sql",
		]);
		const { mistakes } = errorOf(full, (path) => there.has(path));
		expect(mistakes.map(({ path, what }) => `${path.join(".")}: ${what}`)).toEqual([
			"warehouse: warehouse does not exist in the definition's folder.",
			"jobs.0.script: jobs/star_schema.py does not exist in the definition's folder.",
			"clicks.check: checks/joined.sql does not exist in the definition's folder.",
			"charts.2.query: queries/all.sql does not exist in the definition's folder.",
			"charts.3.query: queries/orders.sql does not exist in the definition's folder.",
			"sample_data.script: seed/schemas.ts does not exist in the definition's folder.",
		]);
	});
});
