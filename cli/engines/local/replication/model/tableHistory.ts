import type { TableCheckpoint, TableHistory } from "./checkpoint.ts";
import { isSame, type RuledTable, type Rules } from "./rules.ts";
import { type TableName, tableId } from "./tableName.ts";

/** What is known of a table from before: its columns with what was done with each. */
export type TableBefore = Omit<TableHistory, "schema" | "table">;
type ColumnBefore = TableBefore["columns"][number];

export interface Renamed {
	from: string;
	to: string;
}

/** What a table's own columns say of it. */
export function tableBefore(table: TableCheckpoint | undefined): TableBefore | undefined {
	if (table === undefined) return undefined;
	const { gone, left } = table;
	return {
		columns: table.columns.map(({ name, action, withheld, outdated }) => ({
			name,
			...(outdated === undefined ? {} : { outdated }),
			...(action === undefined ? {} : { action }),
			...(withheld === undefined ? {} : { withheld }),
		})),
		...(gone === undefined ? {} : { gone }),
		...(left === undefined ? {} : { left }),
		...pastOf(table),
	};
}

/** Names that a table had. */
export function pastOf({
	origin,
	formerly,
}: Pick<TableBefore, "origin" | "formerly">): Pick<TableBefore, "origin" | "formerly"> {
	return { ...(origin === undefined ? {} : { origin }), ...(formerly === undefined ? {} : { formerly }) };
}

/** What a statement says of a table's columns. */
export interface ColumnChanges {
	renamed: readonly Renamed[];
	dropped?: readonly string[];
	added?: readonly string[];
}

/**
 * A table's columns after a statement. A column stays withheld under another name, whether the definition says so of the old name, or
 * that one was withheld itself.
 */
export function afterChanges(
	rules: Rules,
	name: TableName,
	before: TableBefore | undefined,
	{ renamed, dropped = [], added = [] }: ColumnChanges,
): TableBefore {
	const { columns = [], ...rest } = before ?? { partial: true };
	const moves = renamed.filter(({ from, to }) => from !== to);
	const isMoved = (column: string): boolean => moves.some(({ from }) => isSame(from, column));
	const stays = ({ name: column }: ColumnBefore): boolean =>
		!isMoved(column) && !dropped.some((one) => isSame(one, column));
	const arrived = moves.map(({ from, to }): ColumnBefore => {
		const was = columns.find((column) => isSame(column.name, from));
		const action = was?.action ?? rules.action({ ...name, origin: before?.origin }, from);
		if (action === "keep") {
			// A list says of names that it does not have that they are left out.
			const said = rules.action({ ...name, origin: before?.origin }, to);
			return said === "keep" ? { name: to } : { name: to, action: said };
		}
		const outdated = isKnown(before, to) && rules.said({ ...name, origin: before?.origin }, to) === "keep";
		return { name: to, action, withheld: "renamed", ...(outdated ? { outdated } : {}) };
	});
	const stayed = columns.filter(stays);
	const came = added
		.filter((column) => !stayed.some((one) => isSame(one.name, column)))
		.flatMap((column) => newcomer(rules, { ...name, origin: before?.origin }, column));
	const next = [...arrived, ...stayed, ...came];
	// A definition that was read ahead may have a column of the new name already.
	const after = next.filter(
		(column, at) => !next.some((one, place) => isSame(one.name, column.name) && wins(one, column, place < at)),
	);
	return { ...rest, columns: after, ...departed(before, after, dropped) };
}

/** A column that a statement adds; none where that is to be an error once the table is read. */
function newcomer(rules: Rules, table: RuledTable, column: string): ColumnBefore[] {
	const said = rules.said(table, column);
	if (said !== undefined) return [said === "keep" ? { name: column } : { name: column, action: said }];
	if (rules.hasList(table) || rules.newColumns(table) === "ignore") {
		return [{ name: column, action: "drop", withheld: "new" }];
	}
	return rules.newColumns(table) === "fail" ? [] : [{ name: column }];
}

/** Whether a table has or had a column of this name. */
function isKnown(before: TableBefore | undefined, name: string): boolean {
	const { columns = [], gone = [], left = [] } = before ?? {};
	return [...columns, ...left].some((one) => isSame(one.name, name)) || gone.some((one) => isSame(one, name));
}

function wins(one: ColumnBefore, other: ColumnBefore, isEarlier: boolean): boolean {
	if (one === other) return false;
	const [mine, theirs] = [one.action !== undefined, other.action !== undefined];
	return mine === theirs ? isEarlier : mine;
}

/**
 * Columns that a table had and has no more: those that were withheld, and those whose values are in files.
 * @param dropped those of which a statement says so; the others may have been renamed.
 */
export function departed(
	before: TableBefore | undefined,
	now: readonly { name: string }[],
	dropped: readonly string[] = [],
): Pick<TableBefore, "gone" | "left"> {
	const away = (before?.columns ?? []).filter(({ name }) => !now.some((column) => isSame(column.name, name)));
	const withheld = away.filter(({ action }) => action !== undefined).map(({ name }) => name);
	const gone = [...new Set([...(before?.gone ?? []), ...withheld])];
	const left = new Map(before?.left?.map((one) => [one.name, one]));
	for (const { name, action } of away) {
		if (action === undefined) left.set(name, { name, dropped: dropped.some((one) => isSame(one, name)) });
	}
	return { ...(gone.length === 0 ? {} : { gone }), ...(left.size === 0 ? {} : { left: [...left.values()] }) };
}

/** Names that a definition may have although the table has no such column: it is known where that went. */
export function bygone({ gone = [], left = [] }: Pick<TableBefore, "gone" | "left">): string[] {
	return [...gone, ...left.filter(({ dropped }) => dropped).map(({ name }) => name)];
}

/** Of columns that left no file has values any more; a definition may go on naming them. */
export function withoutLeft<T extends Pick<TableBefore, "gone" | "left">>(
	table: T,
): Omit<T, "gone" | "left"> & Pick<TableBefore, "gone"> {
	const { gone: _, left: __, ...rest } = table;
	const gone = bygone(table);
	return { ...rest, ...(gone.length === 0 ? {} : { gone }) };
}

/** What a table brings to another name: what was withheld stays so until the definition says otherwise of the new name. */
export function underAnotherName(
	rules: Rules,
	from: TableName,
	before: TableBefore | undefined,
): TableBefore | undefined {
	const origin = rules.speaksOf(from) ? { schema: from.schema, table: from.table } : before?.origin;
	if (before === undefined && origin === undefined) return undefined;
	const columns = (before?.columns ?? []).map(
		(column): ColumnBefore => (column.action === undefined ? column : { ...column, withheld: "renamed" }),
	);
	const names = (before?.formerly ?? []).filter((name) => tableId(name) !== tableId(from));
	return {
		columns,
		...(before === undefined || before.columns.length === 0 || before.partial ? { partial: true } : {}),
		...(before?.gone === undefined ? {} : { gone: before.gone }),
		...(origin === undefined ? {} : { origin }),
		formerly: [...names, { schema: from.schema, table: from.table }],
	};
}

/** A table into which rows of another came, by exchange or conversion of a partition: what either withholds stays withheld. */
export function withRowsOf(before: TableBefore | undefined, other: TableBefore | undefined): TableBefore | undefined {
	const secrets = (other?.columns ?? []).filter(({ action }) => action !== undefined);
	if (secrets.length === 0) return before;
	const { columns = [], ...rest } = before ?? { partial: true };
	const isSecret = ({ name }: ColumnBefore): boolean => secrets.some((one) => isSame(one.name, name));
	const kept = columns.filter((column) => column.action !== undefined || !isSecret(column));
	const brought = secrets.filter(({ name }) => !kept.some((column) => isSame(column.name, name)));
	return {
		...rest,
		columns: [...kept, ...brought.map((column): ColumnBefore => ({ ...column, withheld: "renamed" }))],
	};
}

/**
 * A table that has taken the name of another one. What that withheld is known to have left with it, and what the definition keeps of
 * the name was said of that one; where nothing is known of the columns that came, they may be a copy of its own.
 */
export function inPlaceOf(
	rules: Rules,
	name: TableName,
	replaced: TableBefore | undefined,
	brought: TableBefore,
): TableBefore {
	if (replaced === undefined) return brought;
	if (brought.columns.length === 0) {
		return { ...replaced, ...pastOf(brought) };
	}
	const columns = brought.columns.map(
		(column): ColumnBefore =>
			column.action !== undefined && rules.said(name, column.name) === "keep" ? { ...column, outdated: true } : column,
	);
	const gone = [...new Set([...(brought.gone ?? []), ...(departed(replaced, []).gone ?? [])])];
	return { ...brought, columns, ...(gone.length === 0 ? {} : { gone }) };
}
