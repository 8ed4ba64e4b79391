import { createHash } from "node:crypto";
import type { ColumnDefinition, TableCheckpoint } from "./checkpoint.ts";
import { computedFrom } from "./computedColumns.ts";
import { isSame, type RuledTable, type Rules } from "./rules.ts";
import { afterChanges, bygone, departed, pastOf, type Renamed, type TableBefore } from "./tableHistory.ts";
import type { TableName } from "./tableName.ts";

/** What of a table outlives changes of its columns and name. */
export type Past = Pick<TableCheckpoint, "gone" | "left" | "origin" | "formerly">;

interface Definition {
	columns: ColumnDefinition[];
	key: string[];
}

/**
 * A table's definition with what is done with each column. A column that came later, that was renamed from a withheld one, or that is
 * computed from one, is withheld where the definition does not name it.
 * @param before the table as it was taken last; undefined for one that nothing is known of.
 * @param renamed what a statement says it renamed.
 * @param isUnread whether statements between `before` and now were not read.
 * @throws Error, which becomes the table's, where the table cannot be replicated by these rules.
 */
export function takeColumns(
	rules: Rules,
	name: TableName,
	read: Definition,
	before: TableBefore | undefined,
	renamed: readonly Renamed[] = [],
	isUnread = false,
): Definition & Past {
	const history = renamed.length === 0 ? before : afterChanges(rules, name, before, { renamed });
	const origin = history?.origin;
	const table: RuledTable = { schema: name.schema, table: name.table, origin };
	const known = history !== undefined && history.columns.length > 0 ? history.columns : undefined;
	const isWhole = known !== undefined && history?.partial !== true;
	// Where a withheld column left and nothing says how, any column that came may be it under another name. So it may be where nobody
	// read what happened, though a column of its name is there: that can be another one.
	const isUnexplained = (known ?? []).some(
		(old) => old.action !== undefined && (isUnread || !read.columns.some((column) => isSame(column.name, old.name))),
	);
	const decide = (column: string): Decision => {
		const said = rules.said(table, column);
		const was = known?.find((one) => isSame(one.name, column));
		const outdated = said === "keep" && was?.outdated === true;
		if (said !== undefined && !outdated) return said === "keep" ? {} : { action: said };
		if (was?.action !== undefined && was.withheld === "renamed") {
			return { action: was.action, withheld: "renamed", ...(outdated ? { outdated } : {}) };
		}
		if (was === undefined && isUnexplained) return { action: "drop", withheld: "renamed" };
		if (was === undefined && isWhole) return newcomer(rules, table, column);
		if (was?.withheld === "new") return newcomer(rules, table, column);
		return rules.hasList(table) ? { action: "drop" } : {};
	};
	const decisions = new Map(read.columns.map((column) => [column.name, decide(column.name)]));
	const away = departed(history, read.columns);
	const withheld = [...decisions].filter(([, { action }]) => action !== undefined).map(([column]) => column);
	// A column that is computed no more has the values that it had, as long as anything is withheld from which they may be.
	const isMasked = withheld.length > 0 || away.gone !== undefined;
	const former = isMasked
		? read.columns.filter((column) => wasComputed(known, column)).map((column) => column.name)
		: [];
	for (const column of [...former, ...computedFrom(read.columns, [...withheld, ...former])]) {
		if (rules.said(table, column) === undefined) decisions.set(column, { action: "drop", withheld: "generated" });
	}
	const columns = read.columns.map((column) => withAction(column, decisions.get(column.name) ?? {}));
	requireColumns(rules, table, read.columns, bygone(away));
	requireKey(columns, read.key);
	return { columns, key: read.key, ...away, ...pastOf(history ?? {}) };
}

/** Whether a column was withheld for being computed from others, and the server computes its stored values no more. */
function wasComputed(known: TableBefore["columns"] | undefined, { name, generated }: ColumnDefinition): boolean {
	return generated === "" && (known ?? []).some((one) => one.withheld === "generated" && isSame(one.name, name));
}

type Decision = Pick<ColumnDefinition, "action" | "withheld" | "outdated">;

function newcomer(rules: Rules, name: RuledTable, column: string): Decision {
	if (rules.hasList(name)) return { action: "drop", withheld: "new" };
	switch (rules.newColumns(name)) {
		case "include":
			return {};
		case "ignore":
			return { action: "drop", withheld: "new" };
		default:
			throw new Error(
				`the column ${column} was added, and new_columns is fail: set an action for it in the definition (${column}: keep, drop or hash), then reload the table`,
			);
	}
}

/** Of a withheld column nothing is kept that could hold a value: neither the members of an ENUM nor an expression. */
function withAction(
	{ action: _, withheld: __, defaultsTo, ...column }: ColumnDefinition,
	decided: Decision,
): ColumnDefinition {
	if (decided.action === undefined) return defaultsTo === undefined ? column : { ...column, defaultsTo };
	if (decided.action === "drop") {
		return {
			...{ name: column.name, type: "", nullable: true, defaultsToNull: true, charset: null, generated: "" },
			...decided,
		};
	}
	const [, kind = "", members] = /^(\w+)(.*)$/s.exec(column.type) ?? [];
	if (!hashable.has(kind.toLowerCase())) {
		throw new Error(
			`the column ${column.name} is ${column.type}, but hash applies only to text (char, varchar, text, enum, set): use drop or keep in the definition`,
		);
	}
	const type = /^(enum|set)$/i.test(kind) ? `${kind}('${digest(members ?? "")}')` : column.type;
	return { ...column, type, generated: column.generated === "" ? "" : digest(column.generated), ...decided };
}

/** Types of text, which both engines hash alike. */
const hashable = new Set(["char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set"]);

function digest(text: string): string {
	return createHash("sha256").update(text).digest("hex");
}

/** A name that no column has may be a slip or a column that was renamed: its values would come in the clear. */
function requireColumns(rules: Rules, name: RuledTable, columns: readonly ColumnDefinition[], gone: readonly string[]) {
	const missing = missingColumns(rules, name, columns, gone);
	if (missing.length === 0) return;
	throw new Error(
		`the definition names the ${missing.length === 1 ? "column" : "columns"} ${missing.join(", ")}, which the table does not have; its columns: ${columns.map((column) => column.name).join(", ")}`,
	);
}

/** Columns that the definition names and that a table neither has nor had. */
export function missingColumns(
	rules: Rules,
	name: RuledTable,
	columns: readonly Pick<ColumnDefinition, "name">[],
	gone: readonly string[] = [],
): string[] {
	const there = [...columns.map((column) => column.name), ...gone];
	return rules.namedColumns(name).filter((wanted) => !there.some((column) => isSame(column, wanted)));
}

function requireKey(columns: readonly ColumnDefinition[], key: readonly string[]): void {
	const dropped = columns.find((column) => column.action === "drop" && key.some((part) => isSame(part, column.name)));
	if (dropped === undefined) return;
	throw new Error(
		`its key column ${dropped.name} is dropped, so rows could not be identified: use keep or hash for it in the definition`,
	);
}
