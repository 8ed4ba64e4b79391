import type { DuckDBConnection } from "@duckdb/node-api";
import { mostClickFields } from "../../../../etl/contract/contract.ts";
import { partsOfType, toDuckDb } from "../../duckdb/columnTypes.ts";
import { quoteFiles, quoteName, quoteText } from "../../duckdb/quote.ts";
import type { RegisteredTable } from "./catalogFile.ts";

/**
 * The clicks in DuckDB, by the rules of `etl/lakehouse/raw/click_records.py`: a line that is not one JSON object with every
 * key once is a row of nulls, as with Athena's `ignore.malformed.json`; a value that does not fit its column is null.
 * etl/tests/raw/fixtures/odd_clicks.json has what both must say.
 */

type Columns = RegisteredTable["columns"];

/** Partition columns of the clickstream, from its folders `YYYY/MM/DD/HH`. */
export const hourKeys: Columns = ["year", "month", "day", "hour"].map((name) => ({ name, type: "string" }));

const hourFolders = String.raw`/(\d{4})/(\d{2})/(\d{2})/(\d{2})/[^/]*$`;

/** A SELECT that reads clicks. Its columns have lower-case names, as in Glue. */
export function selectClicks(files: readonly string[], columns: Columns): string {
	const clicks = clickRows(files, columns);
	const isExact = columns.some(({ type }) => isDecimal(type));
	const rows = isExact ? `SELECT click, ${exactNumbers} AS exact, path FROM (${clicks})` : clicks;
	const click: Json = { plain: "click", exact: isExact ? "exact" : "click" };
	const selected = columns.map(
		({ name, type }) => `${fitted(fieldIn(click, name, 0), type, 0)} AS ${quoteName(name.toLowerCase())}`,
	);
	const hours = hourKeys.map(
		({ name }, at) => `regexp_extract(path, ${quoteText(hourFolders)}, ${at + 1}) AS ${quoteName(name)}`,
	);
	return `SELECT ${[...selected, ...hours].join(", ")} FROM (${rows})`;
}

/** A JSON value: as it is, and with its numbers of many digits as texts, in which decimals have all their digits. */
interface Json {
	plain: string;
	exact: string;
}

/** Whether a value of a type is, or has in it, a decimal. */
function isDecimal(type: string): boolean {
	return type.includes("decimal");
}

/** One row a line: `click`, NULL where the line is none, and `path`. */
function clickRows(files: readonly string[], columns: Columns): string {
	const nested = columns.flatMap(({ name, type }) => keysOnce(fieldOf("json", name, 0), type, 0) ?? []);
	const isClick = ["json_type(json) = 'OBJECT'", `NOT ${isLoose}`, `NOT ${isDeep}`, uniqueKeys("json", 0), ...nested];
	return `SELECT CASE WHEN ${isClick.join(" AND ")} THEN json END AS click, path FROM ${clickLines(files)}`;
}

/** One row a line: `json` and `path`. */
function clickLines(files: readonly string[]): string {
	return `read_json_objects(${quoteFiles(files)}, format = 'newline_delimited', ignore_errors = true, filename = 'path')`;
}

const text = String.raw`"(\\.|[^"\\])*"`;

/** Whether what is not text in a line matches a pattern, which is fast where the whole line does not, as is usual. */
function hasBesideText(pattern: string): string {
	return `(regexp_matches(json, '${pattern}') AND regexp_matches(regexp_replace(json, '${text}', '""', 'g'), '${pattern}'))`;
}

/** DuckDB takes NaN, Infinity and a comma before a closing bracket for JSON. */
const isLoose = hasBesideText(String.raw`(?i)nan|inf|,\s*[}\]]`);

/** The jobs take no more than 100 levels. */
const isDeep = hasBesideText(String.raw`([\[{][^\[\]{}]*){101}`);

/** `click`, where numbers of many digits are texts: DuckDB would round them to doubles. */
const exactNumbers = (() => {
	const tokens = `${text}|-?[0-9][0-9.eE+-]*|[^"0-9-]+|-`;
	const isExact = `regexp_full_match(t, '-?[0-9]+[.][0-9]+') AND length(t) > 17`;
	const exact = `list_transform(regexp_extract_all(click, '${tokens}'), lambda t: CASE WHEN ${isExact} THEN '"' || t || '"' ELSE t END)`;
	return `CASE WHEN regexp_matches(click, '[0-9.]{17}') THEN CAST(array_to_string(${exact}, '') AS JSON) ELSE click END`;
})();

function uniqueKeys(value: string, depth: number): string {
	const lower = `list_transform(json_keys(${value}), lambda u${depth}: lower(u${depth}))`;
	return `len(json_keys(${value})) = len(list_distinct(${lower}))`;
}

/** A condition that objects within a value have every key once; undefined where its type has no objects. */
function keysOnce(value: string, type: string, depth: number): string | undefined {
	const { outer, fields, item } = partsOfType(type);
	if (outer === "struct") {
		const inner = fields.flatMap((field) => keysOnce(fieldOf(value, field.name, depth), field.type, depth + 1) ?? []);
		const own = [uniqueKeys(value, depth), ...inner].join(" AND ");
		return `CASE WHEN coalesce(json_type(${value}) = 'OBJECT', false) THEN ${own} ELSE true END`;
	}
	if (outer !== "array" || item === undefined) return undefined;
	const element = `k${depth}`;
	const inner = keysOnce(element, item, depth + 1);
	if (inner === undefined) return undefined;
	const broken = `list_filter(json_extract(${value}, '$[*]'), lambda ${element}: NOT (${inner}))`;
	return `CASE WHEN coalesce(json_type(${value}) = 'ARRAY', false) THEN len(${broken}) = 0 ELSE true END`;
}

/** A field of an object, whose letters may be large or small there. */
function fieldOf(value: string, name: string, depth: number): string {
	const pointer = quoteText(`/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`);
	const key = `f${depth}`;
	const same = `list_filter(json_keys(${value}), lambda ${key}: lower(${key}) = ${quoteText(name.toLowerCase())})[1]`;
	const other = `'/' || replace(replace(${same}, '~', '~0'), '/', '~1')`;
	return `coalesce(json_extract(${value}, ${pointer}), json_extract(${value}, ${other}))`;
}

function fieldIn({ plain, exact }: Json, name: string, depth: number): Json {
	const field = fieldOf(plain, name, depth);
	return { plain: field, exact: exact === plain ? field : fieldOf(exact, name, depth) };
}

const date = "[0-9]{4}-[0-9]{2}-[0-9]{2}";
const hour = "([01][0-9]|2[0-3])";
/** A time of UTC, or one that names its zone. */
const time = `${date}([T ]${hour}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?(Z|[+-]${hour}(:?[0-9]{2})?)?)?)?`;
const whole = "-?[0-9]{1,40}";
const decimal = String.raw`-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?`;

/** A JSON value as one of the catalog's type, NULL where it does not fit. */
function fitted(json: Json, type: string, depth: number): string {
	const { outer, fields, item } = partsOfType(type);
	const value = outer === "decimal" ? json.exact : json.plain;
	const text = `(${value} ->> '$')`;
	const cast = `TRY_CAST(${text} AS ${toDuckDb(type)})`;
	const matching = (pattern: string, condition = "", found = cast): string =>
		`CASE WHEN regexp_full_match(${text}, '${pattern}')${condition} THEN ${found} END`;
	if (outer === "struct") {
		const inner = fields.map(
			(field) => `${quoteName(field.name)} := ${fitted(fieldIn(json, field.name, depth), field.type, depth + 1)}`,
		);
		return `CASE WHEN json_type(${value}) = 'OBJECT' THEN struct_pack(${inner.join(", ")}) END`;
	}
	if (outer === "array" && item !== undefined) {
		const [element, at] = [`e${depth}`, `i${depth}`];
		// Numbered from 1 there, and from 0 in a path.
		const exact = isDecimal(item) ? `json_extract(${json.exact}, '$[' || (${at} - 1) || ']')` : element;
		const each = fitted({ plain: element, exact }, item, depth + 1);
		const inner = `list_transform(json_extract(${value}, '$[*]'), lambda ${element}, ${at}: ${each})`;
		return `CASE WHEN json_type(${value}) = 'ARRAY' THEN ${inner} END`;
	}
	const isText = `json_type(${value}) = 'VARCHAR'`;
	switch (outer) {
		case "string":
			return text;
		case "boolean":
			return `CASE ${text} WHEN 'true' THEN true WHEN 'false' THEN false END`;
		case "tinyint":
		case "smallint":
		case "int":
		case "bigint":
			return matching(whole);
		case "float":
		case "double":
			return matching(decimal, ` AND isfinite(${cast})`);
		case "decimal":
			// DuckDB takes 5e-324 for 0.01.
			return matching(decimal, "", `CASE WHEN abs(TRY_CAST(${text} AS DOUBLE)) < 1e-40 THEN 0 ELSE ${cast} END`);
		case "date":
			return matching(date, ` AND year(${cast}) > 0`);
		case "binary":
			return `CASE WHEN ${isText} THEN TRY(from_base64(${text})) END`;
		default: {
			const inUtc = `(TRY_CAST(${text} AS TIMESTAMPTZ) AT TIME ZONE 'UTC')`;
			return matching(time, ` AND ${isText} AND year(${inUtc}) BETWEEN 1 AND 9999`, inUtc);
		}
	}
}

/**
 * Columns that clicks have besides those that are known, with the types that they have now.
 * @param warn gets a line where there are more than fit.
 */
export async function newColumns(
	connection: DuckDBConnection,
	files: readonly string[],
	known: Columns,
	warn: (text: string) => void,
): Promise<Columns> {
	const names = new Set([...hourKeys, ...known].map(({ name }) => name.toLowerCase()));
	// One cheap look for names: what a click is, and of which types, is asked where there is a new one.
	const keys = await connection.runAndReadAll(
		`SELECT DISTINCT unnest(keys) FROM (SELECT DISTINCT json_keys(json) AS keys FROM ${clickLines(files)})`,
	);
	const others = keys.getRows().map(([name]) => String(name));
	const found = others.filter((name) => isName(name) && !names.has(name.toLowerCase())).sort();
	const wanted = found.slice(0, Math.max(0, mostClickFields - known.length));
	if (wanted.length < found.length) {
		warn(
			`Clicks have more than ${mostClickFields} fields: ${found.length - wanted.length} of them, such as ${found[wanted.length]}, are not columns of the catalog. They stay in the raw files.`,
		);
	}
	if (wanted.length === 0) return [];
	// Of all clicks that look alike one: the aggregate keeps what it is given in memory.
	const distinct = `SELECT any_value(click) AS click FROM (${clickRows(files, known)})
		WHERE list_has_any(json_keys(click), [${wanted.map(quoteText).join(", ")}]) GROUP BY json_structure(click)`;
	const reader = await connection.runAndReadAll(`SELECT json_group_structure(click)::VARCHAR FROM (${distinct})`);
	const structure = reader.getRows()[0]?.[0];
	if (typeof structure !== "string") return [];
	const columns: Columns = [];
	const isWanted = new Set(wanted);
	for (const [name, type] of Object.entries(asFields(JSON.parse(structure)))) {
		if (!isWanted.has(name) || names.has(name.toLowerCase())) continue;
		names.add(name.toLowerCase());
		columns.push({ name, type: typeOf(type) });
	}
	// Their order in the structure is that in which threads came to them.
	return columns.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Whether a field can be a column: a statement cannot hold the character 0. */
function isName(field: string): boolean {
	return field !== "" && !field.includes("\0");
}

function asFields(structure: unknown): Record<string, unknown> {
	return typeof structure === "object" && structure !== null && !Array.isArray(structure) ? { ...structure } : {};
}

const scalars: Readonly<Record<string, string>> = {
	BOOLEAN: "boolean",
	BIGINT: "bigint",
	UBIGINT: "bigint",
	DOUBLE: "double",
};

/** JSON has no dates and no bytes; what is of several types is text. */
function typeOf(structure: unknown): string {
	if (Array.isArray(structure)) return `array<${typeOf(structure[0])}>`;
	if (typeof structure === "string") return scalars[structure] ?? "string";
	const fields = Object.entries(asFields(structure));
	// A type's text has no way to write such a name.
	if (fields.length === 0 || fields.some(([name]) => !/^[\p{L}\p{N}_ -]+$/u.test(name))) return "string";
	const names = new Set(fields.map(([name]) => name.toLowerCase()));
	if (names.size < fields.length) return "string";
	return `struct<${fields.map(([name, inner]) => `${name}:${typeOf(inner)}`).join(",")}>`;
}
