import type { ColumnAction } from "../../../../../etl/contract/pipeline/pipeline.ts";
import type { BinlogTable } from "../binlog/binlogEvent.ts";
import type { TableCheckpoint } from "../model/checkpoint.ts";
import { computedFrom } from "../model/computedColumns.ts";
import { isSame, type Rules, stricter } from "../model/rules.ts";
import type { TableBefore } from "../model/tableHistory.ts";
import type { ColumnSource } from "../parquet/layout.ts";

/**
 * Columns of the binlog with what is done with their values, and which of MariaDB's own types one is that looks like BINARY(n). Of
 * what the table was loaded by, what is known of its columns and what the definition says now, the strictest holds. A column that
 * the table's columns do not have, since they are read before or after a change of it, is left out where any of it is withheld.
 */
export function takenColumns(
	source: Pick<BinlogTable, "columns">,
	table: TableCheckpoint,
	before: TableBefore | undefined,
	rules: Rules,
): ColumnSource[] {
	const isSelective = rules.hasList(table) || rules.namedColumns(table).length > 0;
	const withholds =
		isSelective || [...table.columns, ...(before?.columns ?? [])].some(({ action }) => action !== undefined);
	const actionOf = (name: string): ColumnAction => {
		if (isServersOwn(table, name)) return "drop";
		const known = [table, before].map((one) => one?.columns.find((column) => isSame(column.name, name))?.action);
		const isDefined = table.columns.some((column) => isSame(column.name, name));
		const said = rules.said(table, name) ?? (withholds && !isDefined ? "drop" : rules.action(table, name));
		return known.reduce<ColumnAction>((action, one) => stricter(action, one ?? "keep"), said);
	};
	const actions = new Map(source.columns.map(({ name }) => [name, actionOf(name)]));
	const withheld = [...actions].filter(([, action]) => action !== "keep").map(([name]) => name);
	const kept = table.columns.filter(({ name }) => !withheld.some((one) => isSame(one, name)));
	const computed = computedFrom(kept, withheld).filter((name) => rules.said(table, name) !== "keep");
	return source.columns.map(({ name, type }): ColumnSource => {
		const defined = table.columns.find((candidate) => isSame(candidate.name, name));
		const width = { uuid: "binary(16)", inet6: "binary(16)", inet4: "binary(4)" }[defined?.type ?? ""];
		const action = computed.some((one) => isSame(one, name)) ? "drop" : (actions.get(name) ?? "drop");
		return {
			name,
			type: defined !== undefined && width !== undefined && width === type ? defined.type : type,
			...(action === "keep" ? {} : { action }),
		};
	});
}

/** MariaDB keeps hashes of a long UNIQUE key in columns that nobody can select. */
function isServersOwn(table: TableCheckpoint, name: string): boolean {
	return /^DB_ROW_HASH_\d+$/.test(name) && !table.columns.some((column) => isSame(column.name, name));
}

/**
 * A column of the binlog whose values would be taken in, and that the table's columns do not have, though they are those of this
 * place: the source does not show it to the user, or it was added behind the binlog's back.
 */
export function unshownColumn(taken: readonly ColumnSource[], table: TableCheckpoint): string | undefined {
	if (table.columns.length === 0) return undefined;
	return taken.find(({ name, action }) => action === undefined && !table.columns.some((one) => isSame(one.name, name)))
		?.name;
}
