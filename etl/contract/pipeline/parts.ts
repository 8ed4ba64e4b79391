import type { z } from "zod";
import type { Path } from "./mistakes.ts";
import type { Severity } from "./pipeline.ts";
import {
	type ChartEntry,
	type ClicksEntry,
	chartEntry,
	clicksEntry,
	defaultColumns,
	type JobEntry,
	jobEntry,
	type ScheduleEntry,
	scheduleEntry,
	type VerifyEntry,
	verifyEntry,
} from "./schema.ts";
import {
	columns,
	type RuleEntry,
	rule,
	type SchemaEntry,
	schemaEntry,
	type TableEntry,
	tableEntry,
} from "./tableSchema.ts";

/** A part of a definition, and where it is. */
export interface Part<T> {
	path: Path;
	entry: T;
}

/** A mapping of which the fields are left out that its schema has something against; their names are in `bad`. */
export interface Good<T> extends Part<Partial<T>> {
	bad: ReadonlySet<string>;
}

export interface SchemaPart extends Good<SchemaEntry> {
	name: string;
}

export interface TablePart extends Good<Omit<TableEntry, "rules">> {
	name: string;
	rules: readonly Part<RuleEntry>[];
}

/**
 * The good parts of a document, whatever is wrong in the others: what no schema can say is checked of them, so that all
 * mistakes are found in one go.
 */
export interface Parts {
	/** Columns with what is done with them in whatever table. */
	columns: Readonly<Record<string, string>>;
	/** Of rules that name none. */
	severity: Severity;
	/** Undefined where the list itself cannot be read, so that nothing is known of the schemas. */
	schemas: readonly SchemaPart[] | undefined;
	tables: readonly TablePart[];
	jobs: readonly Good<JobEntry>[];
	charts: readonly Good<ChartEntry>[];
	clicks: Good<ClicksEntry> | undefined;
	/** Folder of named queries, and the one that demo asks. */
	queries: string | undefined;
	demoQuery: Part<string> | undefined;
	verify: Good<VerifyEntry> | undefined;
	schedule: Part<ScheduleEntry> | undefined;
	/** Files and folders that are named. */
	paths: readonly Part<string>[];
}

export function partsOf(document: unknown): Parts {
	const jobs = items(document, ["jobs"]).map(({ path, entry }) => good(jobEntry, entry, path));
	const charts = items(document, ["charts"]).map(({ path, entry }) => good(chartEntry, entry, path));
	const clicks = section(clicksEntry, document, "clicks");
	const schedule = scheduleEntry.safeParse(at(document, ["schedule"]));
	return {
		columns: goodEntries(defaultColumns.valueType, at(document, ["defaults", "columns"])),
		severity: at(document, ["defaults", "severity"]) === "warn" ? "warn" : "error",
		schemas: schemasOf(document),
		tables: tablesOf(document),
		jobs,
		charts,
		clicks,
		queries: texts(at(document, ["queries"]), [])[0]?.entry,
		demoQuery: texts(at(document, ["sample_data", "query"]), ["sample_data", "query"])[0],
		verify: section(verifyEntry, document, "verify"),
		schedule: schedule.success ? { path: ["schedule"], entry: schedule.data } : undefined,
		paths: [
			...["models", "queries", "warehouse"].flatMap((name) => texts(at(document, [name]), [name])),
			...jobs.flatMap(({ path, entry }) => texts(entry.script, [...path, "script"])),
			...charts.flatMap(({ path, entry }) => texts(entry.query, [...path, "query"])),
			...texts(clicks?.entry.template, ["clicks", "template"]),
			...texts(clicks?.entry.check, ["clicks", "check"]),
			...["script", "dump"].flatMap((name) => texts(at(document, ["sample_data", name]), ["sample_data", name])),
		],
	};
}

function schemasOf(document: unknown): SchemaPart[] | undefined {
	const path = ["source", "schemas"];
	const value = at(document, path);
	if (Array.isArray(value)) {
		return items(document, path).flatMap(({ path: place, entry: name }) =>
			typeof name === "string" ? { name, path: place, entry: {}, bad: new Set<string>() } : [],
		);
	}
	if (typeof value !== "object" || value === null) return undefined;
	return entriesOf(value).map(([name, entry]) => ({ name, ...good(schemaEntry, entry, [...path, name]) }));
}

function tablesOf(document: unknown): TablePart[] {
	return entriesOf(at(document, ["tables"])).map(([name, value]) => {
		const path = ["tables", name];
		const { entry, bad } = good(tableEntry, value, path);
		const { rules: _, ...others } = entry;
		const found = goodEntries(columns.valueType, at(value, ["columns"]));
		return {
			name,
			path,
			entry: { ...others, columns: found },
			bad,
			rules: items(value, ["rules"]).flatMap(({ path: place, entry: item }) => {
				const parsed = rule.safeParse(item);
				return parsed.success ? { path: [...path, ...place], entry: parsed.data } : [];
			}),
		};
	});
}

/** Fields of a mapping that are good; none where it is not a mapping. */
function good<S extends z.ZodObject>(schema: S, value: unknown, path: Path): Good<z.infer<S>> {
	const entry: Record<string, unknown> = {};
	const bad = new Set<string>();
	for (const [name, inner] of entriesOf(value)) {
		const parsed = schema.shape[name]?.safeParse(inner);
		if (parsed?.success === true) entry[name] = parsed.data;
		else bad.add(name);
	}
	return { path, entry: entry as Partial<z.infer<S>>, bad };
}

/** Entries of a mapping of names that are good. */
function goodEntries<T>(type: z.ZodType<T>, value: unknown): Record<string, T> {
	return Object.fromEntries(
		entriesOf(value).flatMap(([name, inner]) => {
			const parsed = type.safeParse(inner);
			return parsed.success ? [[name, parsed.data] as const] : [];
		}),
	);
}

function entriesOf(value: unknown): [string, unknown][] {
	return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}

function section<S extends z.ZodObject>(schema: S, document: unknown, name: string): Good<z.infer<S>> | undefined {
	const value = at(document, [name]);
	return value === undefined || value === null ? undefined : good(schema, value, [name]);
}

function items(document: unknown, path: readonly string[]): Part<unknown>[] {
	const value = at(document, path);
	return (Array.isArray(value) ? value : []).map((entry: unknown, index) => ({ path: [...path, index], entry }));
}

function texts(value: unknown, path: Path): Part<string>[] {
	return typeof value === "string" && value !== "" ? [{ path, entry: value }] : [];
}

function at(value: unknown, path: readonly string[]): unknown {
	return path.reduce<unknown>(
		(inner, name) =>
			typeof inner === "object" && inner !== null && Object.hasOwn(inner, name) ? Reflect.get(inner, name) : undefined,
		value,
	);
}
