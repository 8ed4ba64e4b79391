/** MySQL's letters of dates and times, beside those of strftime; in this order none meets the letter that another became. */
const letters: readonly (readonly [mysql: string, strftime: string])[] = [
	["W", "A"],
	["M", "B"],
	["i", "M"],
	["h", "I"],
	["l", "-I"],
	["r", "I:%M:%S %p"],
	["T", "H:%M:%S"],
	["s", "S"],
	["c", "-m"],
	["e", "-d"],
	["k", "-H"],
	["v", "V"],
	["x", "G"],
];

const hasYear = "regexp_matches(format, '%[Yy]')";

/** Letters that Trino refuses, too. */
const refusedLetters = "DUuVwX";

/**
 * Functions of Athena (Trino) that DuckDB lacks, or has with another meaning under the same name: a statement then gives the same answer on
 * both. Each is one or more overloads of a macro. DuckDB's own functions are named with `system.main`, since a macro of that name hides them.
 * https://trino.io/docs/current/functions.html
 */
const functions: Readonly<Record<string, readonly string[]>> = {
	// A text that is not JSON gives NULL, as does a path that leads nowhere.
	json_extract: [`(x, path) AS ${ifJson("x", `system.main.json_extract(x, ${jsonPath("path")})`)}`],
	json_extract_scalar: [
		`(x, path) AS ${ifJson(
			"x",
			`CASE WHEN json_type(x, ${jsonPath("path")}) NOT IN ('ARRAY', 'OBJECT') THEN json_extract_string(x, ${jsonPath("path")}) END`,
		)}`,
	],
	json_array_length: [
		`(x) AS ${ifJson("x", "CASE WHEN json_type(x) = 'ARRAY' THEN CAST(system.main.json_array_length(x) AS bigint) END")}`,
	],
	json_array_contains: [
		`(x, item) AS ${ifJson("x", "CASE WHEN json_type(x) = 'ARRAY' THEN list_contains(CAST(x AS JSON[]), to_json(item)) END")}`,
	],
	json_size: [
		`(x, path) AS ${ifJson(
			"x",
			`CASE json_type(x, ${jsonPath("path")})
				WHEN 'ARRAY' THEN CAST(system.main.json_array_length(x, ${jsonPath("path")}) AS bigint)
				WHEN 'OBJECT' THEN len(json_keys(x, ${jsonPath("path")}))
				ELSE CASE WHEN json_type(x, ${jsonPath("path")}) IS NOT NULL THEN 0 END
			END`,
		)}`,
	],
	json_parse: ["(x) AS json(x)"],
	json_format: ["(x) AS CAST(json(x) AS varchar)"],

	date_format: [`(x, format) AS ${refusing("format", `strftime(x, ${mysqlFormat("format")})`)}`],
	// What the format does not name is that of 1970, which DuckDB has as 1900.
	date_parse: [
		`(x, format) AS ${refusing(
			"format",
			`strptime(CASE WHEN ${hasYear} THEN x ELSE '1970 ' || x END, CASE WHEN ${hasYear} THEN '' ELSE '%Y ' END || ${mysqlFormat("format")})`,
		)}`,
	],
	// Whole units that have gone by; DuckDB's own counts how often a unit began.
	date_diff: ["(unit, x, y) AS date_sub(unit, x, y)"],
	date: ["(x) AS CAST(x AS date)"],
	from_unixtime: ["(seconds) AS to_timestamp(seconds)"],
	to_unixtime: ["(x) AS epoch(x)"],
	from_iso8601_timestamp: ["(x) AS CAST(x AS timestamp with time zone)"],
	day_of_week: ["(x) AS isodow(x)"],
	dow: ["(x) AS isodow(x)"],
	day_of_month: ["(x) AS day(x)"],
	day_of_year: ["(x) AS dayofyear(x)"],
	doy: ["(x) AS dayofyear(x)"],
	year_of_week: ["(x) AS isoyear(x)"],
	last_day_of_month: ["(x) AS last_day(x)"],

	element_at: ["(x, key) AS x[key]"],
	cardinality: [
		`(x) AS CASE json_type(to_json(x)) WHEN 'ARRAY' THEN CAST(system.main.json_array_length(to_json(x)) AS bigint)
			WHEN 'OBJECT' THEN len(json_keys(to_json(x))) END`,
	],
	array_join: [
		"(x, mark) AS array_to_string(x, mark)",
		"(x, mark, missing) AS array_to_string(list_transform(x, lambda _one: coalesce(CAST(_one AS varchar), missing)), mark)",
	],
	array_max: ["(x) AS CASE WHEN len(list_filter(x, lambda _one: _one IS NULL)) = 0 THEN list_max(x) END"],
	array_min: ["(x) AS CASE WHEN len(list_filter(x, lambda _one: _one IS NULL)) = 0 THEN list_min(x) END"],
	sequence: ["(x, y) AS generate_series(x, y)", "(x, y, step) AS generate_series(x, y, step)"],

	regexp_like: ["(x, pattern) AS regexp_matches(x, pattern)"],
	// Where nothing matches it is NULL, which DuckDB has as an empty text.
	regexp_extract: [
		"(x, pattern) AS CASE WHEN regexp_matches(x, pattern) THEN system.main.regexp_extract(x, pattern) END",
		"(x, pattern, part) AS CASE WHEN regexp_matches(x, pattern) THEN system.main.regexp_extract(x, pattern, part) END",
	],
	// All places, and $1 for a group; DuckDB's own replaces the first, and writes \1.
	regexp_replace: [
		"(x, pattern) AS system.main.regexp_replace(x, pattern, '', 'g')",
		String.raw`(x, pattern, replacement) AS system.main.regexp_replace(x, pattern, system.main.regexp_replace(replacement, '\$(\d)', '\\\1', 'g'), 'g')`,
	],
	split_part: ["(x, mark, part) AS list_extract(str_split(x, mark), part)"],
	codepoint: ["(x) AS unicode(x)"],
	levenshtein_distance: ["(x, y) AS levenshtein(x, y)"],
	truncate: ["(x) AS trunc(x)"],

	// One NULL makes them NULL; DuckDB's own skip it.
	concat: overloads((names) => names.join(" || ")),
	greatest: overloads((names) => unlessNull(names, "greatest")),
	least: overloads((names) => unlessNull(names, "least")),

	approx_distinct: ["(x) AS approx_count_distinct(x)"],
	approx_percentile: ["(x, part) AS approx_quantile(x, part)"],
	every: ["(x) AS bool_and(x)"],
	map_agg: ["(key, value) AS map(array_agg(key), array_agg(value))"],
};

/** Names of all these functions. */
export const athenaFunctions: readonly string[] = Object.keys(functions);

/** Statements that make those of the functions whose names occur in a query. */
export function functionsFor(sql: string): string[] {
	const words = new Set(sql.toLowerCase().match(/[a-z0-9_]+/g));
	return athenaFunctions
		.filter((name) => words.has(name))
		.map((name) => `CREATE MACRO ${name}${functions[name]?.join(", ")}`);
}

/** The inner CASE is looked at for JSON only: the order within an AND is DuckDB's. */
function ifJson(x: string, then: string): string {
	return `CASE WHEN json_valid(${x}) THEN ${then} END`;
}

/** `$.a["b c"]` and `$.a[b]` as DuckDB writes them: `$.a."b c"`, `$.a."b"`. */
function jsonPath(path: string): string {
	const quoted = String.raw`system.main.regexp_replace(${path}, '\["([^"]*)"\]', '."\1"', 'g')`;
	return String.raw`system.main.regexp_replace(${quoted}, '\[([A-Za-z_]\w*)\]', '."\1"', 'g')`;
}

/** A format of MySQL, a constant, as strftime takes it. */
function mysqlFormat(format: string): string {
	const percent = "chr(1)";
	const kept = `replace(${format}, '%%', ${percent})`;
	const changed = letters.reduce((text, [mysql, own]) => `replace(${text}, '%${mysql}', '%${own}')`, kept);
	return `replace(${changed}, ${percent}, '%%')`;
}

/** An expression with a format, unless it has letters that are refused. */
function refusing(format: string, expression: string): string {
	const message = `'Date formats do not support %${refusedLetters.split("").join(", %")}, as on Athena.'`;
	const found = `regexp_matches(replace(${format}, '%%', ''), '%[${refusedLetters}]')`;
	return `CASE WHEN ${found} THEN error(${message}) ELSE ${expression} END`;
}

/** The same function of two to eight arguments. */
function overloads(body: (names: readonly string[]) => string): string[] {
	const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
	return names.slice(1).map((_, at) => {
		const some = names.slice(0, at + 2);
		return `(${some.join(", ")}) AS ${body(some)}`;
	});
}

function unlessNull(names: readonly string[], name: string): string {
	const present = names.map((one) => `${one} IS NOT NULL`).join(" AND ");
	return `CASE WHEN ${present} THEN system.main.${name}(${names.join(", ")}) END`;
}
