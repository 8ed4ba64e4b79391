import { describe, it } from "vitest";
import { type Case, expectSaid, job, rule, tables } from "../fixtures/cases.ts";
import { least } from "../fixtures/said.ts";

describe("a mistake in rules and jobs", () => {
	it.each<Case>([
		// Rules
		["a rule without a kind", rule("severity: warn"), [/rules\[0\]: The rule is empty\. Allowed: not_null, unique, /]],
		[
			"a rule of two kinds",
			rule("not_null: a, unique: a"),
			[/rules\[0\]: The rule is of several kinds: not_null, unique\./],
		],
		[
			"a rule that is a text",
			tables("{ rules: [not_null] }"),
			[/rules\[0\]: It must be a mapping of keys, but is the text "not_null"\./],
		],
		[
			"rules that are a mapping",
			tables("{ rules: { not_null: a } }"),
			[/\.rules: It must be a list, but is a mapping\. For example: rules: \[\{ not_null: email \}/],
		],
		["a misspelt kind", rule("notnull: a"), [/notnull: Unknown key.* Did you mean not_null\?/]],
		[
			"a severity that there is not",
			rule("not_null: a, severity: warning"),
			[/severity: "warning" is not allowed\. Allowed: error, warn\. Did you mean warn\?/],
		],
		[
			"a comparison that is none",
			rule("not_null: a, warn_if: 10"),
			[/warn_if: It must be text, but is the number 10\./],
		],
		["a comparison that is text", rule("not_null: a, warn_if: many"), [/warn_if: "many" compares the number of rows/]],
		[
			"a number of rows for a warning that is an error already",
			rule('not_null: a, warn_if: ">1"'),
			[/warn_if: It has no effect, because with severity error any row that breaks the rule is an error\./],
		],
		[
			"a schema named like a folder of the processed zone",
			"name: shop\nsource: { schemas: [models] }\n",
			[/^2 source\.schemas\[0\]: A schema cannot be called models: /],
		],
		[
			"an error of a warning",
			rule('not_null: a, severity: warn, error_if: ">1"'),
			[/error_if: It has no effect, because the severity is warn\./],
		],
		["a range without an end", rule("range: { column: a }"), [/range: Neither min nor max is set\./]],
		[
			"a range the wrong way round",
			rule("range: { column: a, min: 2, max: 1 }"),
			[/range: min \(2\) is greater than max \(1\)\. Swap them\./],
		],
		["a row count without an end", rule("row_count: {}"), [/row_count: Neither min nor max is set\./]],
		[
			"a range of texts",
			rule("range: { column: a, min: one }"),
			[/range\.min: It must be a number, but is the text "one"\./],
		],
		["no accepted value", rule("accepted_values: { column: a, values: [] }"), [/values: The list must have a value\./]],
		["no freshness", rule("freshness: {}"), [/freshness: Neither warn_after nor error_after is set\./]],
		[
			"a time that is none",
			rule("freshness: { warn_after: soon }"),
			[/warn_after: "soon" is not a valid duration\. Write a whole number of minutes, hours or days/],
		],
		[
			"a time without a unit",
			rule("freshness: { warn_after: 10 }"),
			[/warn_after: It must be text, but is the number 10\./],
		],
		[
			"a warning after the error",
			rule("freshness: { warn_after: 1 day, error_after: 2 hours }"),
			[/freshness: The warning would come after the error\./],
		],
		[
			"a relationship to nothing",
			rule("relationships: { column: a, to: shp.b, field: id }"),
			[/relationships\.to: source\.schemas does not contain the schema "shp"\..* Did you mean shop\?/],
		],
		[
			"a relationship without a field",
			rule("relationships: { column: a, to: b }"),
			[/relationships\.field: "field" is missing\. Add it: Column of the other table\. For example: field: id$/],
		],
		[
			"a rule of a column that is dropped",
			tables("{ columns: { a: drop }, rules: [{ unique: [a, b] }] }"),
			[/rules\[0\]: The column "a" is not replicated because of columns, so a rule cannot check it\./],
		],
		// Jobs
		[
			"a job without its places",
			`${least}jobs: [{ name: a, script: a.py }]\n`,
			[/reads: "reads" is missing\./, /writes: "writes" is missing\./],
		],
		[
			"a job of a name that is none",
			`${least}jobs: [{ name: Star Schema, script: a.py, reads: [raw], writes: [processed/a] }]\n`,
			[
				/name: "Star Schema" must begin with a letter a-z, contain only a-z, 0-9 and -, and have at most 60 characters\./,
			],
		],
		[
			"a job of a name that is too long",
			`${least}jobs: [{ name: ${"a".repeat(61)}, script: a.py, reads: [raw], writes: [processed/a] }]\n`,
			[/^3 jobs\[0\]\.name: "a{61}" must .* have at most 60 characters\./],
		],
		[
			"a job of a name that is taken",
			`${least}jobs: [{ name: process-cdc, script: a.py, reads: [raw], writes: [processed/a] }]\n`,
			[/process-cdc is the name of a built-in job\./],
		],
		[
			"two jobs of one name",
			`${least}jobs:\n${"  - { name: a, script: a.py, reads: [raw], writes: [processed/a] }\n".repeat(2)}`,
			[/^5 jobs\[1\]\.name: The job "a" is duplicated\./],
		],
		[
			"a job after nothing",
			job("after: [aply-changes]"),
			[
				/after\[0\]: There is no job "aply-changes"\. Allowed: process-load, process-cdc, apply-changes, build-models\. Did you mean apply-changes\?/,
			],
		],
		["a job after itself", job("after: [a]"), [/after\[0\]: A job cannot depend on itself\./]],
		[
			"jobs in a circle",
			`${least}jobs:\n  - { name: a, script: a.py, reads: [raw], writes: [processed/a], after: [c] }\n  - { name: b, script: b.py, reads: [raw], writes: [processed/b], after: [a] }\n  - { name: c, script: c.py, reads: [raw], writes: [processed/c], after: [b] }\n`,
			["4 jobs[0].after: These jobs depend on each other: a after c after b after a. Remove one of the dependencies."],
		],
		[
			"a script that is none",
			`${least}jobs: [{ name: a, script: a.sql, reads: [raw], writes: [processed/a] }]\n`,
			[/script: "a\.sql" is not a Python file\./],
		],
		[
			"a place that is none",
			job("description: x").replace("reads: [raw]", "reads: [current/shop]"),
			[/reads\[0\]: "current\/shop" is not a folder of the lake\. Write zone\/prefix/],
		],
		[
			"a way out of the lake",
			job("description: x").replace("reads: [raw]", "reads: [raw/../x]"),
			[/reads\[0\]: "raw\/\.\.\/x" is not a folder of the lake\./],
		],
		[
			"a job that writes the raw zone",
			job("description: x").replace("processed/a", "raw/a"),
			[/writes\[0\]: Only replication and clicks may write to the raw zone\./],
		],
		[
			"a job that writes everything",
			job("description: x").replace("processed/a", "processed"),
			[/writes\[0\]: It covers the whole processed zone\./],
		],
		[
			"a job that writes the current tables",
			job("description: x").replace("processed/a", "processed/current/shop"),
			[/writes\[0\]: The built-in jobs write to the folder current\./],
		],
		[
			"a job that writes a change log",
			job("description: x").replace("processed/a", "processed/shop"),
			[/writes\[0\]: The built-in jobs write to the folder shop\./],
		],
		[
			"an argument that is a number",
			job("arguments: { depth: 3 }"),
			[/arguments\.depth: It must be text, but is the number 3\. Write it in quotes: "3"\./],
		],
	])("%s", expectSaid);
});
