import { expect, it } from "vitest";
import { test } from "../../../../tests/support/fixtures.ts";
import { TestLake } from "../catalog/fixtures/testLake.ts";
import { athenaFunctions, functionsFor } from "./athenaFunctions.ts";
import { LocalQuery } from "./localQuery.ts";

/** Results that Trino's documentation or its own tests give, or that follow from what they say of nulls. */
const documented: readonly (readonly [expression: string, result: unknown])[] = [
	["json_array_length('[1, 2, 3]')", 3],
	["json_array_length('{\"a\": 1}')", null],
	["json_array_length('not JSON')", null],
	["json_extract_scalar('[1, 2, 3]', '$[2]')", "3"],
	[`json_extract_scalar('{"store": {"book": [{"author": "Nigel Rees"}]}}', '$.store.book[0].author')`, "Nigel Rees"],
	[`json_extract_scalar('{"store": {"book name": "x"}}', '$.store["book name"]')`, "x"],
	[`json_extract_scalar('{"store": {"book": true}}', '$.store[book]')`, "true"],
	[`json_extract_scalar('{"a": [1]}', '$.a')`, null],
	[`json_extract_scalar('{"a": 1}', '$.b')`, null],
	["json_extract_scalar('not JSON', '$.a')", null],
	[`json_extract('{"a": {"b": [1, 2]}}', '$.a.b')`, "[1,2]"],
	["json_extract('not JSON', '$.a')", null],
	["json_array_length(json_extract('{\"projects\": [1, 2]}', '$.projects'))", 2],
	["json_array_contains('[1, 2, 3]', 2)", true],
	["json_array_contains('[1, 2, 3]', 4)", false],
	[`json_size('{"x": {"a": 1, "b": 2}}', '$.x')`, 2],
	["json_size('{\"x\": [1, 2, 3]}', '$.x')", 3],
	[`json_size('{"x": {"a": 1, "b": 2}}', '$.x.a')`, 0],
	["json_size('{\"x\": 1}', '$.y')", null],
	['json_format(json_parse(\'{"a": 1, "b": 2}\'))', '{"a":1,"b":2}'],

	["date_format(TIMESTAMP '2022-10-20 05:10:00', '%m-%d-%Y %H')", "10-20-2022 05"],
	["date_format(DATE '2022-10-20', '%Y-%m')", "2022-10"],
	["date_format(TIMESTAMP '2001-01-09 13:04:05.321', '%a %b %c %d %e %f')", "Tue Jan 1 09 9 321000"],
	["date_format(TIMESTAMP '2001-01-09 13:04:05.321', '%H %h %I %i %j %k %l')", "13 01 01 04 009 13 1"],
	["date_format(TIMESTAMP '2001-01-09 13:04:05.321', '%M %m %p %r %S %s')", "January 01 PM 01:04:05 PM 05 05"],
	["date_format(TIMESTAMP '2001-01-09 13:04:05.321', '%T %v %W %x %Y %y %%i')", "13:04:05 02 Tuesday 2001 2001 01 %i"],
	["date_parse('2022/10/20/05', '%Y/%m/%d/%H')", "2022-10-20 05:00:00"],
	["date_parse('January 9 2001 1:04 PM', '%M %e %Y %l:%i %p')", "2001-01-09 13:04:00"],
	["date_parse('08:30', '%H:%i')", "1970-01-01 08:30:00"],
	["date_diff('second', TIMESTAMP '2020-03-01 00:00:00', TIMESTAMP '2020-03-02 00:00:00')", 86400],
	["date_diff('day', DATE '2020-03-01', DATE '2020-03-02')", 1],
	["date_diff('day', TIMESTAMP '2020-03-01 23:00:00', TIMESTAMP '2020-03-02 01:00:00')", 0],
	["date_diff('millisecond', TIMESTAMP '2020-06-01 12:30:45', TIMESTAMP '2020-06-02 12:30:45.123456')", 86400123],
	["date('2020-03-01')", "2020-03-01"],
	["from_unixtime(0)", "1970-01-01 00:00:00 UTC"],
	["to_unixtime(TIMESTAMP '1970-01-02 00:00:00')", 86400],
	["from_iso8601_timestamp('2020-05-11T11:15:05.055+01:00')", "2020-05-11 10:15:05.055 UTC"],
	["day_of_week(DATE '2024-01-07')", 7],
	["dow(DATE '2024-01-07')", 7],
	["day_of_month(DATE '2024-03-05')", 5],
	["day_of_year(DATE '2024-03-01')", 61],
	["doy(DATE '2024-03-01')", 61],
	["year_of_week(DATE '2021-01-03')", 2020],
	["last_day_of_month(DATE '2024-02-03')", "2024-02-29"],

	["element_at(ARRAY['a', 'b'], 2)", "b"],
	["element_at(ARRAY['a', 'b'], -1)", "b"],
	["element_at(ARRAY['a', 'b'], 3)", null],
	["element_at(MAP(ARRAY['k'], ARRAY[7]), 'k')", 7],
	["element_at(MAP(ARRAY['k'], ARRAY[7]), 'other')", null],
	["cardinality(ARRAY[1, 2, 3])", 3],
	["cardinality(MAP(ARRAY['k'], ARRAY[7]))", 1],
	["array_join(ARRAY['a', NULL, 'c'], ',')", "a,c"],
	["array_join(ARRAY[1, NULL, 3], ',', '-')", "1,-,3"],
	["array_max(ARRAY[1, 3, 2])", 3],
	["array_max(ARRAY[1, NULL])", null],
	["array_min(ARRAY[3, 1, 2])", 1],
	["sequence(1, 3)", [1, 2, 3]],
	["sequence(5, 1, -2)", [5, 3, 1]],

	["regexp_like('1a 2b 14m', '\\d+b')", true],
	["regexp_extract('1a 2b 14m', '\\d+')", "1"],
	["regexp_extract('1a 2b 14m', '(\\d+)([a-z]+)', 2)", "a"],
	["regexp_extract('1a', 'x')", null],
	["regexp_replace('1a 2b 14m', '\\d+[ab] ')", "14m"],
	["regexp_replace('1a 2b 14m', '(\\d+)([ab]) ', '3c$2 ')", "3ca 3cb 14m"],
	["split_part('a-b', '-', 2)", "b"],
	["split_part('a-b', '-', 3)", null],
	["codepoint('a')", 97],
	["levenshtein_distance('apple', 'epplea')", 2],
	["truncate(-1.7)", -1],
	["concat('a', 'b', 'c')", "abc"],
	["concat('a', NULL)", null],
	["greatest(1, 3, 2)", 3],
	["greatest(1, NULL)", null],
	["least(1, 3, 2)", 1],
	["least(NULL, 1)", null],

	["(SELECT approx_distinct(i) FROM (VALUES (1), (1)) AS t(i))", 1],
	["(SELECT approx_percentile(i, 0.5) FROM (VALUES (1), (2), (3)) AS t(i))", 2],
	["(SELECT every(i > 0) FROM (VALUES (1), (2)) AS t(i))", true],
	["(SELECT map_agg(k, v) FROM (VALUES ('a', 1), ('b', 2)) AS t(k, v))", { a: 1, b: 2 }],

	["7 / 2", 3],
	["-7 / 2", -3],
	["CAST(7 AS double) / 2", 3.5],
];

test.for(documented)("%s is %j, as on Athena", async ([expression, expected], { folder }) => {
	const lake = new TestLake(folder);
	const { rows } = await new LocalQuery(lake.paths).run(`SELECT ${expression}`, lake.context);
	expect(rows).toEqual([[expected]]);
});

test("columns are taken as constants are", async ({ folder }) => {
	const lake = new TestLake(folder);
	const sql = `SELECT date_format(moment, '%Y-%m'), json_extract_scalar(note, '$.color'), concat(note, 'x') IS NULL
		FROM (VALUES (TIMESTAMP '2024-05-06 07:08:09', '{"color": "red"}'), (NULL, NULL), (NULL, 'no JSON')) AS t(moment, note)`;
	const { rows } = await new LocalQuery(lake.paths).run(sql, lake.context);
	expect(rows).toEqual([
		["2024-05", "red", false],
		[null, null, true],
		[null, null, false],
	]);
});

test("a format that Athena refuses is refused", async ({ folder }) => {
	const lake = new TestLake(folder);
	const query = new LocalQuery(lake.paths);
	await expect(query.run("SELECT date_format(DATE '2024-01-01', '%U')", lake.context)).rejects.toThrow(
		/do not support %D, %U/,
	);
});

it("every function has a documented result", () => {
	const missing = athenaFunctions.filter((name) => !documented.some(([expression]) => expression.includes(`${name}(`)));
	expect(missing).toEqual([]);
});

it("only those that a statement names are made", () => {
	expect(functionsFor("SELECT DATE_FORMAT(d, '%Y') FROM concat_table").map((sql) => sql.split("(")[0])).toEqual([
		"CREATE MACRO date_format",
	]);
});
