import { measuresOf } from "./checks/chartChecks.ts";
import { columnList, patternsOf } from "./checks/lookups.ts";
import { columnsOf, referredTable, severityOf } from "./checks/ruleChecks.ts";
import type { Parts } from "./parts.ts";
import type {
	ColumnAction,
	DefinedChart,
	DefinedJob,
	DefinedTable,
	Pipeline,
	Schedule,
	Severity,
	TableRule,
	Verification,
} from "./pipeline.ts";
import type { ChartEntry, JobEntry, PipelineFile, ScheduleEntry, VerifyEntry } from "./schema.ts";
import type { RuleEntry, TableEntry } from "./tableSchema.ts";
import { readDuration, readPlace, readTableName } from "./values.ts";

/**
 * A definition without its choices of spelling. Names of the source are taken from the parts: zod leaves out what is called
 * `__proto__`.
 * @param parts of the same document, in which no mistake was found.
 */
export function normalised(file: PipelineFile, { schemas = [], columns, tables }: Parts): Pipeline {
	const defaults = file.defaults ?? {};
	return {
		...given(file, "name", "description", "models", "queries", "warehouse"),
		schemas: schemas.map(({ name, entry }) => ({
			name,
			...patternsOf(entry),
			newTables: entry.new_tables ?? defaults.new_tables ?? "include",
			newColumns: entry.new_columns ?? defaults.new_columns ?? "include",
		})),
		columns: columns as Pipeline["columns"],
		severity: defaults.severity ?? "error",
		tables: tables.map(({ name, entry }) =>
			tableOf(name, { ...file.tables?.[name], columns: entry.columns ?? {} }, defaults.severity ?? "error"),
		),
		jobs: (file.jobs ?? []).map((job) => jobOf(job, defaults.severity ?? "error")),
		...(file.clicks ? { clicks: file.clicks } : {}),
		charts: (file.charts ?? []).map(chartOf),
		...(file.verify ? { verify: verificationOf(file.verify) } : {}),
		...(file.sample_data ? { sampleData: file.sample_data } : {}),
		...(file.schedule ? { schedule: scheduleOf(file.schedule) } : {}),
	};
}

function verificationOf({ table, rows, marker = [], sample }: VerifyEntry): Verification {
	return {
		table: certain(readTableName(table)),
		rows: rows ?? [],
		marker: typeof marker === "string" ? [marker] : marker,
		...(sample === undefined ? {} : { sample: { rowCount: sample.row_count, row: sample.row } }),
	};
}

function tableOf(name: string, entry: TableEntry, severity: Severity): DefinedTable {
	const place = certain(readTableName(name));
	const columns = entry.columns ?? {};
	const list = columnList(columns);
	return {
		...place,
		...given(entry, "description", "alias"),
		...(entry.primary_key === undefined ? {} : { primaryKey: entry.primary_key }),
		columns: actionsOf(columns, list?.kind === "exclude" ? list.names : []),
		...(list?.kind === "include" ? { onlyColumns: list.names } : {}),
		...(entry.new_columns === undefined ? {} : { newColumns: entry.new_columns }),
		rules: (entry.rules ?? []).map((rule) => ruleOf(rule, severity, place.schema)),
	};
}

function actionsOf(columns: NonNullable<TableEntry["columns"]>, dropped: readonly string[]): DefinedTable["columns"] {
	const said = Object.entries(columns).filter((entry): entry is [string, ColumnAction] => typeof entry[1] === "string");
	// So that a column `__proto__` is an entry, too.
	return Object.fromEntries([...dropped.map((name): [string, ColumnAction] => [name, "drop"]), ...said]);
}

/** @param schema of the table, in which a relationship may name another. */
export function ruleOf(rule: RuleEntry, severity: Severity, schema: string): TableRule {
	const options = {
		severity: severityOf(rule, severity),
		...(rule.warn_if === undefined ? {} : { warnIf: rule.warn_if }),
		...(rule.error_if === undefined ? {} : { errorIf: rule.error_if }),
		...given(rule, "description"),
	};
	if (rule.not_null !== undefined) return { ...options, kind: "not_null", columns: columnsOf(rule) };
	if (rule.unique !== undefined) return { ...options, kind: "unique", columns: columnsOf(rule) };
	if (rule.accepted_values !== undefined) return { ...options, kind: "accepted_values", ...rule.accepted_values };
	if (rule.range !== undefined) return { ...options, kind: "range", ...rule.range };
	if (rule.row_count !== undefined) return { ...options, kind: "row_count", ...rule.row_count };
	if (rule.relationships !== undefined) {
		const { column, to, field } = rule.relationships;
		return { ...options, kind: "relationships", column, to: certain(referredTable(to, schema)), field };
	}
	const [warnAfter, errorAfter] = [rule.freshness?.warn_after, rule.freshness?.error_after].map((text) =>
		readDuration(text ?? ""),
	);
	return {
		...options,
		kind: "freshness",
		...(warnAfter === undefined ? {} : { warnAfter }),
		...(errorAfter === undefined ? {} : { errorAfter }),
	};
}

function jobOf(job: JobEntry, severity: Severity): DefinedJob {
	const writes = job.writes.map((text) => certain(readPlace(text)));
	const schema = certain(writes[0]).prefix;
	return {
		...given(job, "name", "script", "description"),
		after: job.after ?? ["apply-changes"],
		reads: job.reads.map((text) => certain(readPlace(text))),
		writes,
		tables: Object.entries(job.tables ?? {}).map(([table, entry]) => ({
			schema,
			table,
			...given(entry ?? {}, "description"),
			primaryKey: entry?.primary_key ?? [],
			rules: (entry?.rules ?? []).map((rule) => ruleOf(rule, severity, schema)),
		})),
		arguments: job.arguments ?? {},
		usesSource: job.uses_source ?? false,
	};
}

function chartOf(chart: ChartEntry): DefinedChart {
	const { format, aggregate, time, x } = chart;
	const y = measuresOf(chart.y);
	return {
		...given(chart, "title", "query", "type", "x", "series", "top", "dashboard", "description"),
		y,
		formats: byColumn(format, y),
		aggregates: byColumn(aggregate, y),
		times: byColumn(time, x === undefined ? [] : [x]),
		labels: chart.labels ?? {},
		filters: chart.filters ?? [],
	};
}

/** What is said of columns by name, or once for all of them. */
function byColumn<T extends string>(
	said: T | Record<string, T> | undefined,
	names: readonly string[],
): Record<string, T> {
	return typeof said === "string" ? Object.fromEntries(names.map((name) => [name, said])) : (said ?? {});
}

function scheduleOf(entry: ScheduleEntry): Schedule {
	const { every, cron, timezone = "UTC" } = typeof entry === "string" ? spelled(entry) : entry;
	return cron === undefined ? { everySeconds: certain(readDuration(every ?? "")) } : { cron: cron.trim(), timezone };
}

function spelled(text: string): { every?: string; cron?: string; timezone?: string } {
	const every = /^every +(.+)$/.exec(text.trim())?.[1];
	return every === undefined ? { cron: text } : { every };
}

/** Some of an object's entries, those that it has. */
function given<T extends object, K extends keyof T>(from: T, ...names: K[]): Pick<T, K> {
	const found = names.filter((name) => from[name] !== undefined).map((name) => [name, from[name]] as const);
	return Object.fromEntries(found) as Pick<T, K>;
}

/** What the checks have made sure of. */
function certain<T>(value: T | undefined): T {
	if (value === undefined) throw new Error("a definition without a mistake has a text that cannot be read");
	return value;
}
