import { describe, expect, it } from "vitest";
import { errorOf, full, least, said } from "./fixtures/said.ts";
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

	const tables = (text: string): string => `${least}tables:\n  shop.orders: ${text}\n`;
	const job = (text: string): string =>
		`${least}jobs:\n  - { name: a, script: a.py, reads: [raw], writes: [processed/a], ${text} }\n`;
	const chart = (text: string): string => `${least}charts:\n  - { title: A, query: a.sql, ${text} }\n`;
	const rule = (text: string): string => tables(`{ rules: [{ ${text} }] }`);

	it.each<[string, string, (string | RegExp)[]]>([
		// The file as a whole
		["an empty file", "", [/^1 name: "name" is missing here\. Add it: /, /^1 source: "source" is missing here\./]],
		["only comments", "# nothing\n", [/"name" is missing/, /"source" is missing/]],
		[
			"a list",
			"- name: shop\n",
			["1 It must be a mapping of keys, and is a list. Begin with the keys name and source."],
		],
		["a text", "shop\n", [/^1 It must be a mapping of keys, and is the text "shop"\./]],
		[
			"tabs",
			"name: shop\nsource:\n\tschemas: [shop]\n",
			[/^3 It is not valid YAML: Tabs are not allowed as indentation\. Indent with spaces\.$/],
		],
		[
			"a colon in a text",
			"name: shop\nsource: { schemas: [shop] }\ndescription: a: b\n",
			[/^3 It is not valid YAML: .* goes in quotes\.$/],
		],
		[
			"an open bracket",
			"name: shop\nsource: { schemas: [shop\n",
			[/^\d It is not valid YAML: /, /^\d It is not valid YAML: /],
		],
		[
			"two documents",
			`${least}---\n${least}`,
			[/^3 It is not valid YAML: .* Have one document in the file: remove the line ---\.$/],
		],
		[
			"a key twice",
			`${least}name: shop\n`,
			[/^3 It is not valid YAML: Map keys must be unique\. Remove one of the two/],
		],
		[
			"a key twice, and more",
			`${least}name: shop\nmodel: x\n`,
			[/^3 .*unique/, /^4 model: There is no key "model" here\..* Did you mean models\?/],
		],
		["an unknown tag", `${least}description: !include a\n`, [/^3 It is not valid YAML: Unresolved tag: !include\./]],
		[
			"an alias of nothing",
			`${least}description: *a\n`,
			[
				"3 It is not valid YAML: There is no anchor &a before the alias. Correct the YAML; a text with a colon, # or quotes in it goes in quotes.",
			],
		],
		// Keys
		[
			"a misspelt key",
			"nmae: shop\nsource: { schemas: [shop] }\n",
			[/^1 nmae: There is no key "nmae" here\. Allowed: name, .* Did you mean name\? Write name\.$/],
		],
		[
			"a key of no kind",
			`${least}xyzzy: 1\n`,
			[/^3 xyzzy: There is no key "xyzzy" here\. Allowed: .* Remove it, or write one of these\.$/],
		],
		["camel case", tables("{ primaryKey: [id] }"), [/^4 .*\.primaryKey: There is no key.* Did you mean primary_key\?/]],
		["dbt's word", tables("{ tests: [{ not_null: id }] }"), [/\.tests: .* Did you mean rules\?/]],
		[
			"Sling's word",
			"name: shop\nsource:\n  schemas:\n    shop:\n      tables: { select: [a] }\n",
			[/^5 .*\.select: .* Did you mean include\?/],
		],
		["a key in the wrong place", `${least}new_tables: fail\n`, [/^3 new_tables: There is no key/]],
		["a merge key", `${least}<<: { models: x }\n`, [/^3 \["<<"\]: There is no key/]],
		// Types
		[
			"a number for a text",
			"name: 2024\nsource: { schemas: [shop] }\n",
			['1 name: It must be text, and is the number 2024. Write it in quotes: "2024".'],
		],
		[
			"a truth for a text",
			`${least}description: true\n`,
			['3 description: It must be text, and is true. Write it in quotes: "true".'],
		],
		[
			"a text for a list",
			tables("{ primary_key: id }"),
			['4 tables["shop.orders"].primary_key: It must be a list, and is the text "id". For instance: primary_key: [id]'],
		],
		[
			"a text for a mapping",
			`${least}verify: shop.orders\n`,
			[
				/^3 verify: It must be a mapping of keys, and is the text "shop\.orders"\. For instance: verify: \{ table: shop\.pipeline_heartbeat \}$/,
			],
		],
		[
			"a list for a mapping",
			`${least}tables: [shop.orders]\n`,
			[/^3 tables: It must be a mapping of names, and is a list\. For instance: tables: /],
		],
		["nothing for a name", "name:\nsource: { schemas: [shop] }\n", [/^1 name: It must be text, and is empty\./]],
		[
			"an empty text",
			'name: shop\ndescription: ""\nsource: { schemas: [shop] }\n',
			['2 description: "" must not be empty. For instance: description: Orders and clicks of the shop'],
		],
		[
			"a number that is not whole",
			chart("type: bar, x: a, y: b, top: 1.5"),
			[/\.top: It must be a whole number, and is the number 1\.5\./],
		],
		[
			"a number that is too small",
			chart("type: bar, x: a, y: b, top: 0"),
			["4 charts[0].top: 0 is less than 1. For instance: top: 10"],
		],
		// Source
		[
			"no schema",
			"name: shop\nsource: { schemas: [] }\n",
			[
				'2 source.schemas: The list must name a schema. For instance: schemas: { shop: { tables: { exclude: ["tmp_*"] } } }',
			],
		],
		[
			"an empty mapping of schemas",
			"name: shop\nsource: { schemas: {} }\n",
			[/^2 source\.schemas: The mapping must name a schema\./],
		],
		[
			"schemas of another type",
			"name: shop\nsource: { schemas: shop }\n",
			[/^2 source\.schemas: It must be a list or a mapping of names, and is the text "shop"\./],
		],
		[
			"a schema twice",
			"name: shop\nsource: { schemas: [shop, shop] }\n",
			['2 source.schemas[1]: The schema "shop" is there twice. Remove one of them, or rename it.'],
		],
		[
			"a pattern of SQL",
			"name: shop\nsource: { schemas: { shop: { tables: { exclude: [tmp_%] } } } }\n",
			[/exclude\[0\]: "tmp_%" uses % for any characters; patterns use \* for them\./],
		],
		[
			"everything left out",
			'name: shop\nsource: { schemas: { shop: { tables: { exclude: ["*"] } } } }\n',
			[/It leaves out all tables, as exclude wins over include\./],
		],
		[
			"a pattern on both sides",
			"name: shop\nsource: { schemas: { shop: { tables: { include: [a, b], exclude: [b] } } } }\n",
			[/"b" is in include and in exclude; exclude wins\./],
		],
		// Tables
		[
			"a table without its schema",
			`${least}tables:\n  orders: {}\n`,
			[/^4 tables\.orders: "orders" does not name a table\. Write schema\.table/],
		],
		[
			"a table with a dot too many",
			`${least}tables:\n  shop.a.b: {}\n`,
			[/^4 tables\["shop\.a\.b"\]: "shop\.a\.b" does not name a table\./],
		],
		[
			"a table of another schema",
			`${least}tables:\n  shp.orders: {}\n`,
			[
				'4 tables["shp.orders"]: The schema "shp" is not among source.schemas. Allowed: shop. Did you mean shop? Write shop, or add the schema to source.schemas.',
			],
		],
		[
			"a table twice",
			`${least}tables:\n  shop.orders: {}\n  "\`shop\`.orders": {}\n`,
			[/^5 .*: The table "shop\.orders" is there twice\./],
		],
		[
			"a table that is left out",
			"name: shop\nsource: { schemas: { shop: { tables: { exclude: [tmp_*] } } } }\ntables:\n  shop.tmp_a: {}\n",
			[
				/^4 .*: The table "tmp_a" is not replicated: exclude has "tmp_\*" in source\.schemas\.shop\. Narrow the pattern, or remove this\.$/,
			],
		],
		[
			"a table that is not let in",
			"name: shop\nsource: { schemas: { shop: { tables: [a] } } }\ntables:\n  shop.b: {}\n",
			[
				/^4 .*: The table "b" is not replicated: include has only "a" in source\.schemas\.shop\. Add b to include, or remove this\.$/,
			],
		],
		[
			"an alias that is not a name",
			tables("{ alias: Old-Orders }"),
			[/\.alias: "Old-Orders" must begin with a letter a-z/],
		],
		[
			"two tables of one alias",
			`${least}tables:\n  shop.a: { alias: x }\n  shop.b: { alias: x }\n`,
			['5 tables["shop.b"].alias: shop.a and shop.b would both be x in the catalog. Give one of them another alias.'],
		],
		[
			"an alias that is a change log's",
			`${least}tables:\n  shop.a: { alias: x }\n  shop.b: { alias: x_changes }\n`,
			[/^5 .*shop\.a and shop\.b would both be x_changes in the catalog/],
		],
		["a key column twice", tables("{ primary_key: [id, id] }"), [/primary_key\[1\]: The column "id" is there twice\./]],
		["an empty key", tables("{ primary_key: [] }"), [/primary_key: The list must name a column\./]],
		// Columns
		[
			"an action that there is not",
			tables("{ columns: { email: mask } }"),
			[
				'4 tables["shop.orders"].columns.email: "mask" is not allowed. Allowed: drop, hash, keep. Did you mean hash? Write hash.',
			],
		],
		[
			"columns as a list",
			tables("{ columns: [email] }"),
			[/\.columns: It must be a mapping of names, and is a list\./],
		],
		[
			"a list for a column",
			tables("{ columns: { email: [hash] } }"),
			[/\.columns\.email: A column cannot have a list\. Write an action: email: drop, hash or keep\./],
		],
		[
			"a list beside actions",
			tables("{ columns: { include: [id], email: hash } }"),
			[/\.columns\.email: "email" stands beside a list of columns/],
		],
		[
			"both lists",
			tables("{ columns: { include: [id], exclude: [email] } }"),
			[/\.columns\.exclude: "exclude" stands beside a list of columns/],
		],
		[
			"a column twice in a list",
			tables("{ columns: { include: [id, id] } }"),
			[/\.include\[1\]: The column "id" is there twice\./],
		],
		[
			"a key column that is dropped",
			tables("{ columns: { id: drop }, primary_key: [id] }"),
			[/primary_key\[0\]: The key column "id" is not replicated, as columns say\./],
		],
		[
			"a key column that is not in the list",
			tables("{ columns: { include: [a] }, primary_key: [id] }"),
			[/The key column "id" is not replicated/],
		],
		[
			"a key column that all tables drop",
			`${tables("{ primary_key: [id] }")}defaults: { columns: { id: drop } }\n`,
			[/The key column "id" is not replicated/],
		],
		[
			"a default for a column that is a list",
			`${least}defaults: { columns: { include: [a] } }\n`,
			[/^3 defaults\.columns\.include: "?.*(list|not allowed)/],
		],
		// Rules
		[
			"a rule without a kind",
			rule("severity: warn"),
			[/rules\[0\]: The rule says nothing\. Allowed: not_null, unique, /],
		],
		[
			"a rule of two kinds",
			rule("not_null: a, unique: a"),
			[/rules\[0\]: The rule is of several kinds: not_null, unique\./],
		],
		[
			"a rule that is a text",
			tables("{ rules: [not_null] }"),
			[/rules\[0\]: It must be a mapping of keys, and is the text "not_null"\./],
		],
		[
			"rules that are a mapping",
			tables("{ rules: { not_null: a } }"),
			[/\.rules: It must be a list, and is a mapping\. For instance: rules: \[\{ not_null: email \}/],
		],
		["a misspelt kind", rule("notnull: a"), [/notnull: There is no key.* Did you mean not_null\?/]],
		[
			"a severity that there is not",
			rule("not_null: a, severity: warning"),
			[/severity: "warning" is not allowed\. Allowed: error, warn\. Did you mean warn\?/],
		],
		[
			"a comparison that is none",
			rule("not_null: a, warn_if: 10"),
			[/warn_if: It must be text, and is the number 10\./],
		],
		["a comparison that is text", rule("not_null: a, warn_if: many"), [/warn_if: "many" compares the number of rows/]],
		[
			"a number of rows for a warning that is an error already",
			rule('not_null: a, warn_if: ">1"'),
			[/warn_if: It has no effect, since with the severity error any row that breaks the rule is an error\./],
		],
		[
			"a schema named like a folder of the processed zone",
			"name: shop\nsource: { schemas: [models] }\n",
			[/^2 source\.schemas\[0\]: A schema cannot be called models: /],
		],
		[
			"an error of a warning",
			rule('not_null: a, severity: warn, error_if: ">1"'),
			[/error_if: It has no effect, since the severity is warn\./],
		],
		["a range without an end", rule("range: { column: a }"), [/range: It has neither min nor max\./]],
		[
			"a range the wrong way round",
			rule("range: { column: a, min: 2, max: 1 }"),
			[/range: min \(2\) is above max \(1\)\. Exchange them\./],
		],
		["a row count without an end", rule("row_count: {}"), [/row_count: It has neither min nor max\./]],
		[
			"a range of texts",
			rule("range: { column: a, min: one }"),
			[/range\.min: It must be a number, and is the text "one"\./],
		],
		["no accepted value", rule("accepted_values: { column: a, values: [] }"), [/values: The list must have a value\./]],
		["no freshness", rule("freshness: {}"), [/freshness: It has neither warn_after nor error_after\./]],
		[
			"a time that is none",
			rule("freshness: { warn_after: soon }"),
			[/warn_after: "soon" is not a time\. Write a whole number with minutes, hours or days/],
		],
		[
			"a time without a unit",
			rule("freshness: { warn_after: 10 }"),
			[/warn_after: It must be text, and is the number 10\./],
		],
		[
			"a warning after the error",
			rule("freshness: { warn_after: 1 day, error_after: 2 hours }"),
			[/freshness: The warning would come after the error\./],
		],
		[
			"a relationship to nothing",
			rule("relationships: { column: a, to: shp.b, field: id }"),
			[/relationships\.to: The schema "shp" is not among source\.schemas\..* Did you mean shop\?/],
		],
		[
			"a relationship without a field",
			rule("relationships: { column: a, to: b }"),
			[/relationships\.field: "field" is missing here\. Add it: Column of the other table\. For instance: field: id$/],
		],
		[
			"a rule of a column that is dropped",
			tables("{ columns: { a: drop }, rules: [{ unique: [a, b] }] }"),
			[/rules\[0\]: The column "a" is not replicated, as columns say, so nothing can be said of it\./],
		],
		// Jobs
		[
			"a job without its places",
			`${least}jobs: [{ name: a, script: a.py }]\n`,
			[/reads: "reads" is missing here\./, /writes: "writes" is missing here\./],
		],
		[
			"a job of a name that is none",
			`${least}jobs: [{ name: Star Schema, script: a.py, reads: [raw], writes: [processed/a] }]\n`,
			[/name: "Star Schema" must begin with a letter a-z and go on with a-z, 0-9 and -\./],
		],
		[
			"a job of a name that is taken",
			`${least}jobs: [{ name: process-cdc, script: a.py, reads: [raw], writes: [processed/a] }]\n`,
			[/Every pipeline has a job process-cdc\./],
		],
		[
			"two jobs of one name",
			`${least}jobs:\n${"  - { name: a, script: a.py, reads: [raw], writes: [processed/a] }\n".repeat(2)}`,
			[/^5 jobs\[1\]\.name: The job "a" is there twice\./],
		],
		[
			"a job after nothing",
			job("after: [aply-changes]"),
			[
				/after\[0\]: There is no job "aply-changes"\. Allowed: process-load, process-cdc, apply-changes, build-models\. Did you mean apply-changes\?/,
			],
		],
		["a job after itself", job("after: [a]"), [/after\[0\]: A job cannot wait for itself\./]],
		[
			"jobs in a circle",
			`${least}jobs:\n  - { name: a, script: a.py, reads: [raw], writes: [processed/a], after: [c] }\n  - { name: b, script: b.py, reads: [raw], writes: [processed/b], after: [a] }\n  - { name: c, script: c.py, reads: [raw], writes: [processed/c], after: [b] }\n`,
			["4 jobs[0].after: These jobs wait for each other: a after c after b after a. Remove one of the waits."],
		],
		[
			"a script that is none",
			`${least}jobs: [{ name: a, script: a.sql, reads: [raw], writes: [processed/a] }]\n`,
			[/script: "a\.sql" is not a Python file\./],
		],
		[
			"a place that is none",
			job("description: x").replace("reads: [raw]", "reads: [current/shop]"),
			[/reads\[0\]: "current\/shop" is not a place in the lake\. Write zone\/prefix/],
		],
		[
			"a way out of the lake",
			job("description: x").replace("reads: [raw]", "reads: [raw/../x]"),
			[/reads\[0\]: "raw\/\.\.\/x" is not a place in the lake\./],
		],
		[
			"a job that writes the raw zone",
			job("description: x").replace("processed/a", "raw/a"),
			[/writes\[0\]: Only replication and clicks write the raw zone\./],
		],
		[
			"a job that writes everything",
			job("description: x").replace("processed/a", "processed"),
			[/writes\[0\]: It is all of the processed zone\./],
		],
		[
			"a job that writes the current tables",
			job("description: x").replace("processed/a", "processed/current/shop"),
			[/writes\[0\]: The folder current is written by the built-in jobs\./],
		],
		[
			"a job that writes a change log",
			job("description: x").replace("processed/a", "processed/shop"),
			[/writes\[0\]: The folder shop is written by the built-in jobs\./],
		],
		[
			"an argument that is a number",
			job("arguments: { depth: 3 }"),
			[/arguments\.depth: It must be text, and is the number 3\. Write it in quotes: "3"\./],
		],
		// Charts
		[
			"a type that there is not",
			chart("type: bars"),
			[/type: "bars" is not allowed\. Allowed: line, .* Did you mean bar\?/],
		],
		[
			"another word for the type",
			chart("kind: line, x: a, y: b"),
			[/kind: There is no key "kind" here\..* Did you mean type\?/],
		],
		[
			"a line without axes",
			chart("type: line"),
			[/x: A chart of the type line needs x\./, /y: A chart of the type line needs y\./],
		],
		["a number with an axis", chart("type: number, x: a, y: b"), [/x: A chart of the type number has no x\./]],
		[
			"a number of three columns",
			chart("type: number, y: [a, b, c]"),
			[/y: A chart of the type number shows one column, and what it is a part of\./],
		],
		[
			"an aggregate that there is not",
			chart("type: number, y: a, aggregate: distinct"),
			[/aggregate: "distinct" is not allowed\. Allowed: sum, .* Did you mean count_distinct\?/],
		],
		[
			"an aggregate of a column that there is not",
			chart("type: number, y: a, aggregate: { a: summ }"),
			[/aggregate\.a: "summ" is not allowed\. Allowed: sum, .* Did you mean sum\?/],
		],
		[
			"an aggregate of another column",
			chart("type: number, y: price, aggregate: { prise: max }"),
			[/aggregate\.prise: "prise" is not in y\. Allowed: price\. Did you mean price\?/],
		],
		[
			"a time without a column",
			chart("type: number, y: a, time: day"),
			[/time: It has no effect: there is no x\. Add x, or name the column: \{ day: day \}\./],
		],
		[
			"a time of another column",
			chart("type: line, x: month, y: a, filters: [day], time: { days: day }"),
			[/time\.days: "days" is neither x nor in filters\. Allowed: month, day\. Did you mean day\?/],
		],
		["a pie of two columns", chart("type: pie, x: a, y: [b, c]"), [/y: A chart of the type pie shows one column\./]],
		[
			"series of several columns",
			chart("type: line, x: a, y: [b, c], series: d"),
			[/series: It has no effect: there are several columns in y\./],
		],
		[
			"series of a pie",
			chart("type: pie, x: a, y: b, series: d"),
			[/series: It has no effect: a chart of the type pie has none\./],
		],
		[
			"a format that there is not",
			chart("type: line, x: a, y: b, format: percents"),
			[/format: "percents" is not a format\. Allowed: number, percent, usd, .* Did you mean percent\?/],
		],
		["a currency that there is not", chart("type: line, x: a, y: b, format: zzz"), [/format: "zzz" is not a format\./]],
		[
			"a format of another column",
			chart("type: line, x: a, y: [revenue], format: { revenu: usd }"),
			[/format\.revenu: "revenu" is not in y\. Allowed: revenue\. Did you mean revenue\?/],
		],
		["a query that is none", chart("type: table").replace("a.sql", "a.txt"), [/query: "a\.txt" is not an SQL file\./]],
		[
			"a query in the file",
			chart("type: table").replace("query: a.sql", "sql: SELECT 1"),
			[/sql: There is no key "sql" here\..* Did you mean query\?/],
		],
		[
			"two charts of one title",
			`${chart("type: table")}  - { title: A, query: b.sql, type: table }\n`,
			[/^5 charts\[1\]\.title: The title "A" is there twice\./],
		],
		["a filter twice", chart("type: table, filters: [a, a]"), [/filters\[1\]: The column "a" is there twice\./]],
		// Clicks, verification, schedule
		["clicks without a field", `${least}clicks: { schema: {} }\n`, [/schema: It has no field\./]],
		[
			"a type of a click that is none",
			`${least}clicks: { schema: { a: text } }\n`,
			[/schema\.a: "text" must be string, boolean, int, /],
		],
		[
			"a type deep in a click that is none",
			`${least}clicks: { schema: { a: { b: [number] } } }\n`,
			[/schema\.a\.b\[0\]: "number" must be string/],
		],
		[
			"a list of two types",
			`${least}clicks: { schema: { a: [int, int] } }\n`,
			[/schema\.a: The list must have the type of its entries, and nothing else\./],
		],
		[
			"fields that differ in case alone",
			`${least}clicks: { schema: { a: int, A: int } }\n`,
			[/schema\.A: The field \(in the catalog names are lower case\) "a" is there twice\./],
		],
		[
			"verification of another schema",
			`${least}verify: { table: other.t }\n`,
			[/verify\.table: The schema "other" is not among source\.schemas\./],
		],
		[
			"verification of no table",
			`${least}verify: { table: heartbeat }\n`,
			[/verify\.table: "heartbeat" does not name a table\./],
		],
		[
			"a schedule that is none",
			`${least}schedule: sometimes\n`,
			[/^3 schedule: "sometimes" is not a schedule\. Write every 5 minutes/],
		],
		["a schedule of seconds", `${least}schedule: every 30 seconds\n`, [/the shortest is every minute\./]],
		["a schedule of no time", `${least}schedule: every 0 minutes\n`, [/the shortest is every minute\./]],
		[
			"cron with six fields",
			`${least}schedule: 0 0 6 * * *\n`,
			[/has 6 fields; cron has 5: minute, hour, day of month, month, day of week\./],
		],
		["cron beyond its range", `${least}schedule: 0 24 * * *\n`, [/has the hour 24; it goes from 0 to 23\./]],
		["cron the wrong way round", `${least}schedule: 0 17-9 * * *\n`, [/has the hour 17-9;/]],
		[
			"cron with two kinds of days",
			`${least}schedule: 0 6 1 * MON\n`,
			[/names a day of month and a day of week; AWS knows one of them at a time\./],
		],
		[
			"a schedule of both",
			`${least}schedule: { every: 5 minutes, cron: 0 6 * * * }\n`,
			[/schedule: It has every and cron\. Write one of them\./],
		],
		["a schedule of neither", `${least}schedule: { timezone: UTC }\n`, [/schedule: It has neither every nor cron\./]],
		[
			"a time zone that there is not",
			`${least}schedule: { cron: 0 6 * * *, timezone: Europe/Berln }\n`,
			[/timezone: There is no time zone "Europe\/Berln"\. Did you mean Europe\/Berlin\?/],
		],
		[
			"a time zone by its offset",
			`${least}schedule: { cron: 0 6 * * *, timezone: "+02:00" }\n`,
			[/timezone: There is no time zone "\+02:00"\./],
		],
		[
			"a time zone of an interval",
			`${least}schedule: { every: 1 hour, timezone: UTC }\n`,
			[/timezone: It has no effect on every\./],
		],
		// Files
		[
			"a path out of the folder",
			`${least}models: ../models\n`,
			[/^3 models: "\.\.\/models" is not below the definition's folder\./],
		],
		[
			"a path from the root",
			`${least}models: /models\n`,
			[/models: "\/models" is not below the definition's folder\./],
		],
		["a path of Windows", `${least}models: a\\b\n`, [/models: "a\\\\b" has a backslash\. Write \/ between folders\./]],
	])("%s", (_, text, expected) => {
		const found = said(text);
		expect(found).toHaveLength(expected.length);
		for (const [index, line] of expected.entries()) {
			if (line instanceof RegExp) expect(found[index]).toMatch(line);
			else expect(found[index]).toBe(line);
		}
	});

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
			"warehouse: There is no warehouse in the definition's folder.",
			"jobs.0.script: There is no jobs/star_schema.py in the definition's folder.",
			"charts.2.query: There is no queries/all.sql in the definition's folder.",
			"charts.3.query: There is no queries/orders.sql in the definition's folder.",
			"sample_data.script: There is no seed/schemas.ts in the definition's folder.",
		]);
	});
});
