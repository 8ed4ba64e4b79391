import type { SourceTable } from "../../engines/port.ts";
import { personalColumns } from "../personalData.ts";
import { byRows, type NamedTable } from "./catalogNames.ts";
import type { FirstChart } from "./firstAnswers.ts";
import { inComment, yamlList, yamlMapping, yamlText } from "./yamlText.ts";

export interface DefinitionFacts {
	name: string;
	/** Path of the JSON Schema, from the definition's folder. */
	jsonSchema: string;
	/** `host:port`. */
	server: string;
	/** Product and version. */
	version: string;
	tables: readonly NamedTable[];
	charts: readonly FirstChart[];
	hasModels: boolean;
}

/** How many of the largest tables are named. */
const mostNamed = 10;

/**
 * The text of a first `pipeline.yaml`. What it only suggests stands behind a # without a blank, so that removing the # makes it
 * count; what it explains stands behind a # and a blank.
 */
export function definitionText(facts: DefinitionFacts): string {
	const { name, jsonSchema, server, version, tables, charts, hasModels } = facts;
	const schemas = [...new Set(tables.map(({ schema }) => schema))];
	// Beside the schema, in the repository or in the package.
	const docs = jsonSchema.replace(/etl\/contract\/[^/]*$/, "docs/");
	return [
		`# yaml-language-server: $schema=${jsonSchema}`,
		`# The pipeline ${name}, created by pipeline-cli init for ${inComment(server)} (${inComment(version)}).`,
		"# Every command reads this file; nothing needs to be built. Each key is described in",
		`# ${docs}definition.md`,
		"# A # that is not followed by a space marks a suggestion: remove the # to use it.",
		`name: ${yamlText(name)}`,
		"",
		"source:",
		"  schemas:",
		...schemas.flatMap((schema) => schemaLines(schema, tables)),
		"",
		...tablesSection(tables),
		"",
		...(hasModels
			? ["# Tables derived from other tables: each file is one SELECT in Spark SQL.", "models: models/", ""]
			: []),
		"# Named queries: pipeline-cli query --list",
		"queries: queries/",
		"",
		"# What the dashboard shows: pipeline-cli dashboard. To add a chart, write a query that returns its rows, and list it here.",
		"charts:",
		...charts.flatMap(chartLines),
		"",
		"# verify-cdc proves that changes arrive. It needs a table that it may write to:",
		"#verify:",
		`#  table: ${yamlText(tableKey({ schema: schemas[0] ?? name, name: "pipeline_heartbeat" }))}`,
		"",
		"# Without a schedule, `up` runs the jobs every 5 minutes.",
		"#schedule: every 5 minutes",
		"",
	].join("\n");
}

function schemaLines(schema: string, all: readonly NamedTable[]): string[] {
	const tables = all.filter((table) => table.schema === schema);
	const rows = tables.reduce((sum, table) => sum + table.rows, 0);
	const bytes = tables.reduce((sum, table) => sum + table.bytes, 0);
	const largest = byRows(tables).slice(0, mostNamed);
	const width = Math.min(40, Math.max(...largest.map(({ name }) => inComment(name).length)));
	return [
		`    # ${counted(tables.length, "table")}, about ${counted(rows, "row")}, ${sizeText(bytes)}. The largest:`,
		...largest.map(
			(table) =>
				`    #   ${inComment(table.name).padEnd(width)}  about ${counted(table.rows, "row")}, ${sizeText(table.bytes)}`,
		),
		`    ${yamlText(schema)}:`,
		'      #tables: { exclude: ["tmp_*"] }',
	];
}

function tablesSection(tables: readonly NamedTable[]): string[] {
	const entries = tables.flatMap((table) => tableLines(table, tables));
	if (entries.length === 0) return ["# Only tables that need settings: keys, columns, rules.", "tables:"];
	return [
		"# Every table is replicated; only those that need settings are listed here.",
		"# columns: by their names, these may hold personal data. drop leaves a column out, hash writes its SHA-256 instead,",
		"# before anything is written. If a column has few possible values, such as phone numbers, its hashes can be guessed.",
		"# relationships: foreign keys at the source. primary_key: the source has none, so whole rows are compared.",
		"tables:",
		...entries,
	];
}

function tableLines(table: NamedTable, all: readonly NamedTable[]): string[] {
	const key = suggestedKey(table);
	const references = table.foreignKeys.filter(
		({ columns, schema, table: name }) =>
			columns.length === 1 && all.some((other) => other.schema === schema && other.name === name),
	);
	const keys = [...table.primaryKey, ...(key ?? []), ...referringColumns(table, all)];
	const personal = personalColumns(table, keys);
	const suggestions = [
		...(key === undefined ? [] : [`primary_key: ${yamlList(key)}`]),
		...(personal.length === 0 ? [] : [`columns: ${yamlMapping(personal)}`]),
		...(references.length === 0 ? [] : ["rules:"]),
		...references.map(({ columns: [column = ""], schema, table: name, fields: [field = ""] }) => {
			const reference = yamlMapping([
				["column", column],
				["to", tableKey({ schema, name })],
				["field", field],
			]);
			return `  - { relationships: ${reference}, severity: warn }`;
		}),
	];
	if (!table.isAlias && suggestions.length === 0) return [];
	const head = `${yamlText(tableKey(table))}:`;
	if (!table.isAlias) return [`  #${head}`, ...suggestions.map((line) => `  #  ${line}`)];
	return [`  ${head}`, `    alias: ${table.catalogName}`, ...suggestions.map((line) => `    #${line}`)];
}

/** Columns that tables refer by, or are referred to by; both sides have to stay comparable. */
function referringColumns(table: SourceTable, all: readonly SourceTable[]): string[] {
	const referredTo = all.flatMap(({ foreignKeys }) =>
		foreignKeys.filter(({ schema, table: name }) => schema === table.schema && name === table.name),
	);
	return [...table.foreignKeys.flatMap(({ columns }) => columns), ...referredTo.flatMap(({ fields }) => fields)];
}

/** For a table without a primary key: a unique key, else what looks like one, else where to begin. */
function suggestedKey({ name, primaryKey, uniqueKey, columns }: SourceTable): string[] | undefined {
	if (primaryKey.length > 0) return undefined;
	if (uniqueKey !== undefined) return uniqueKey;
	const likely = ["id", `${name}_id`, `${name.replace(/s$/, "")}_id`].map((one) => one.toLowerCase());
	const found = columns.find((column) => likely.includes(column.name.toLowerCase())) ?? columns[0];
	return found === undefined ? undefined : [found.name];
}

function chartLines({ title, query, lines }: FirstChart): string[] {
	const [first = "", ...rest] = [`title: ${yamlText(title)}`, `query: queries/${query}.sql`, ...lines];
	return [`  - ${first}`, ...rest.map((line) => `    ${line}`)];
}

/** `schema.table`; a name with a dot or a backtick in it goes between backticks. */
export function tableKey({ schema, name }: { schema: string; name: string }): string {
	return [schema, name].map((part) => (/[.`]/.test(part) ? `\`${part.replaceAll("`", "``")}\`` : part)).join(".");
}

function counted(count: number, what: string): string {
	return `${count.toLocaleString("en-US")} ${what}${count === 1 ? "" : "s"}`;
}

function sizeText(bytes: number): string {
	const units = ["bytes", "kB", "MB", "GB", "TB"];
	const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
	const value = bytes / 1000 ** power;
	return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}
