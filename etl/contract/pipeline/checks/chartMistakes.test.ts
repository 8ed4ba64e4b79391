import { describe, it } from "vitest";
import { type Case, chart, expectSaid } from "../fixtures/cases.ts";
import { least } from "../fixtures/said.ts";

describe("a mistake in charts, clicks, verification, schedule and paths", () => {
	it.each<Case>([
		// Charts
		[
			"a type that there is not",
			chart("type: bars"),
			[/type: "bars" is not allowed\. Allowed: line, .* Did you mean bar\?/],
		],
		[
			"another word for the type",
			chart("kind: line, x: a, y: b"),
			[/kind: Unknown key "kind"\..* Did you mean type\?/],
		],
		[
			"a line without axes",
			chart("type: line"),
			[/x: A chart of the type line needs x\./, /y: A chart of the type line needs y\./],
		],
		["a number with an axis", chart("type: number, x: a, y: b"), [/x: A chart of the type number does not use x\./]],
		[
			"a number of three columns",
			chart("type: number, y: [a, b, c]"),
			[/y: A chart of the type number shows one column, and optionally the column of which it is a part\./],
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
			[/time: It has no effect without x\. Add x, or write the column's name: \{ day: day \}\./],
		],
		[
			"a time of another column",
			chart("type: line, x: month, y: a, filters: [day], time: { days: day }"),
			[/time\.days: "days" is neither x nor in filters\. Allowed: month, day\. Did you mean day\?/],
		],
		[
			"a time in a chart that has no such column",
			chart("type: number, y: a, time: { day: day }"),
			[/time\.day: "day" is neither x nor in filters\. Write x or a column of filters\./],
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
			[/series: It has no effect: a chart of the type pie does not use it\./],
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
			[/sql: Unknown key "sql"\..* Did you mean query\?/],
		],
		[
			"two charts of one title",
			`${chart("type: table")}  - { title: A, query: b.sql, type: table }\n`,
			[/^5 charts\[1\]\.title: The title "A" is duplicated\./],
		],
		["a filter twice", chart("type: table, filters: [a, a]"), [/filters\[1\]: The column "a" is duplicated\./]],
		// Clicks, verification, schedule
		["clicks without a field", `${least}clicks: { schema: {} }\n`, [/schema: It has no fields\./]],
		[
			"clicks of too many fields",
			`${least}clicks: { schema: { ${Array.from({ length: 1001 }, (_, at) => `a${at}: int`).join(", ")} } }\n`,
			[/schema: It has 1001 fields, but at most 1000 are possible\./],
		],
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
			[/schema\.A: The field \(names are lower case in the catalog\) "a" is duplicated\./],
		],
		[
			"verification of another schema",
			`${least}verify: { table: other.t }\n`,
			[/verify\.table: source\.schemas does not contain the schema "other"\./],
		],
		[
			"verification of no table",
			`${least}verify: { table: heartbeat }\n`,
			[/verify\.table: "heartbeat" is not the name of a table\./],
		],
		[
			"a schedule that is none",
			`${least}schedule: sometimes\n`,
			[/^3 schedule: "sometimes" is not a valid schedule\. Write every 5 minutes/],
		],
		["a schedule of seconds", `${least}schedule: every 30 seconds\n`, [/the shortest interval is every minute\./]],
		["a schedule of no time", `${least}schedule: every 0 minutes\n`, [/the shortest interval is every minute\./]],
		[
			"cron with six fields",
			`${least}schedule: 0 0 6 * * *\n`,
			[/has 6 fields, but cron has 5: minute, hour, day of month, month, day of week\./],
		],
		["cron beyond its range", `${least}schedule: 0 24 * * *\n`, [/has the hour 24, which must be from 0 to 23\./]],
		["cron the wrong way round", `${least}schedule: 0 17-9 * * *\n`, [/has the hour 17-9,/]],
		[
			"cron with two kinds of days",
			`${least}schedule: 0 6 1 * MON\n`,
			[/sets both day of month and day of week, but AWS allows only one of them\./],
		],
		[
			"a schedule of both",
			`${least}schedule: { every: 5 minutes, cron: 0 6 * * * }\n`,
			[/schedule: Both every and cron are set\. Set one of them\./],
		],
		["a schedule of neither", `${least}schedule: { timezone: UTC }\n`, [/schedule: Neither every nor cron is set\./]],
		[
			"a time zone that there is not",
			`${least}schedule: { cron: 0 6 * * *, timezone: Europe/Berln }\n`,
			[/timezone: "Europe\/Berln" is not a valid time zone\. Did you mean Europe\/Berlin\?/],
		],
		[
			"a time zone by its offset",
			`${least}schedule: { cron: 0 6 * * *, timezone: "+02:00" }\n`,
			[/timezone: "\+02:00" is not a valid time zone\./],
		],
		[
			"a time zone of an interval",
			`${least}schedule: { every: 1 hour, timezone: UTC }\n`,
			[/timezone: It has no effect with every\./],
		],
		// Files
		[
			"a path out of the folder",
			`${least}models: ../models\n`,
			[/^3 models: "\.\.\/models" is outside the definition's folder\./],
		],
		["a path from the root", `${least}models: /models\n`, [/models: "\/models" is outside the definition's folder\./]],
		[
			"a path of Windows",
			`${least}models: a\\b\n`,
			[/models: "a\\\\b" contains a backslash\. Write \/ between folders\./],
		],
	])("%s", expectSaid);
});
