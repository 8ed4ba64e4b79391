import { changeLogColumns, currentTableOf, operations } from "../../../etl/contract/contract.ts";
import { columnForm, folderForm } from "../../../etl/contract/names.ts";
import type { Verification } from "../../../etl/contract/pipeline/pipeline.ts";
import { changeHours, type ResultTable } from "../../dashboard/data.ts";
import type { CatalogTable, Context, Query } from "../../engines/port.ts";
import { verificationMark } from "../verify/markedClicks.ts";
import { askAll, nameInSql, textInSql } from "./ask.ts";

/** What a table's change log holds. */
export interface LogFacts {
	/** The current table. */
	table: string;
	loaded: number;
	inserts: number;
	updates: number;
	deletes: number;
	lastHour: number;
	lastDay: number;
	/** Commit of the newest change, ISO 8601; absent where there was none after the full load. */
	newest?: string;
	/** Changes by hour, `YYYY-MM-DD HH`, of the last `changeHours`. */
	hours: Map<string, number>;
}

/**
 * Which change logs there are depends on what is replicated.
 * @param verify what verify-cdc writes: its rows are in the facts of their table, but not in those by hour, of which a chart is made.
 */
export async function logFacts(
	tables: readonly Pick<CatalogTable, "name" | "format" | "location">[],
	verify: Verification | undefined,
	now: Date,
	query: Query,
	context: Context,
): Promise<LogFacts[]> {
	const logs = tables.flatMap((one) => {
		const table = loggedTable(one);
		return table === undefined ? [] : [{ name: one.name, table, location: one.location }];
	});
	const { op, commitTime } = changeLogColumns;
	const since = (hours: number): string => textInSql(commitText(new Date(now.getTime() - hours * 3_600_000)));
	const counted = (hours: number): string => `COUNT(CASE WHEN ${commitTime} >= ${since(hours)} THEN 1 END)`;
	const select = ({ name, table, location }: (typeof logs)[number]): string =>
		`SELECT ${textInSql(table)} AS table_name, ${op} AS op, ` +
		`CASE WHEN ${commitTime} >= ${since(changeHours)}${othersRows(location, verify)} THEN substr(${commitTime}, 1, 13) END AS change_hour, ` +
		`COUNT(*) AS row_count, MAX(${commitTime}) AS newest, ${counted(1)} AS last_hour, ${counted(24)} AS last_day ` +
		`FROM ${nameInSql(name)} GROUP BY 2, 3`;
	const found = new Map<string, LogFacts>();
	for (const { table } of logs) found.set(table, emptyFacts(table));
	for (const row of await askAll(logs, select, query, context)) {
		const facts = found.get(String(row.table_name));
		if (facts !== undefined) add(facts, row);
	}
	return [...found.values()];
}

/** The table whose change log this is; undefined of other tables, also where the source's own name ends as a log's does. */
export function loggedTable({ name, format }: Pick<CatalogTable, "name" | "format">): string | undefined {
	return format === "iceberg" ? undefined : currentTableOf(name);
}

/** A condition that the rows of verify-cdc do not meet: none of its table of heartbeats, and none with its mark. */
function othersRows(location: string, verify: Verification | undefined): string {
	if (verify === undefined) return "";
	const { table, rows, marker } = verify;
	if (!location.replace(/\/$/, "").endsWith(`/${folderForm(table.schema)}/${folderForm(table.table)}`)) return "";
	if (rows.length === 0) return " AND 1 = 0";
	const [marked] = marker;
	if (marked === undefined) return "";
	const column = nameInSql(columnForm(marked));
	return ` AND (${column} IS NULL OR ${column} NOT LIKE ${textInSql(`${verificationMark}%`)})`;
}

function emptyFacts(table: string): LogFacts {
	return { table, loaded: 0, inserts: 0, updates: 0, deletes: 0, lastHour: 0, lastDay: 0, hours: new Map() };
}

function add(facts: LogFacts, row: Record<string, unknown>): void {
	const count = Number(row.row_count);
	const op = String(row.op);
	if (op === operations.load) {
		facts.loaded += count;
		return;
	}
	if (op === operations.insert) facts.inserts += count;
	if (op === operations.update) facts.updates += count;
	if (op === operations.delete) facts.deletes += count;
	facts.lastHour += Number(row.last_hour);
	facts.lastDay += Number(row.last_day);
	if (row.change_hour !== null) {
		const hour = String(row.change_hour);
		facts.hours.set(hour, (facts.hours.get(hour) ?? 0) + count);
	}
	const newest = isoOf(String(row.newest));
	if (newest !== undefined && (facts.newest === undefined || newest > facts.newest)) facts.newest = newest;
}

/** Changes of all tables by hour, as a chart takes them. */
export function changesByHour(facts: readonly LogFacts[]): ResultTable {
	const sums = new Map<string, number>();
	for (const { hours } of facts) {
		for (const [hour, count] of hours) sums.set(hour, (sums.get(hour) ?? 0) + count);
	}
	const texts = [...sums.keys()].sort();
	return {
		rows: texts.length,
		columns: [
			{ name: "hour", kind: "time", texts, cells: texts.map((_, at) => at) },
			{ name: "changes", kind: "number", scale: 0, cells: texts.map((hour) => sums.get(hour) ?? 0) },
		],
	};
}

/** As the change log has it: `yyyy-MM-dd HH:mm:ss.SSSSSS`, UTC. */
function commitText(time: Date): string {
	return `${time.toISOString().slice(0, 19).replace("T", " ")}.000000`;
}

/** A commit time as ISO 8601 to the millisecond. */
function isoOf(value: string): string | undefined {
	const [, day, time] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.\d{3})/.exec(value) ?? [];
	return day === undefined ? undefined : `${day}T${time}Z`;
}
