import { createHash } from "node:crypto";
import type { ColumnDefinition, TableCheckpoint } from "./checkpoint.ts";
import { isSame, type Rules } from "./rules.ts";
import type { TableName } from "./tableName.ts";

/** What a table was before: its columns with what was done with each. */
export type TableBefore = Pick<TableCheckpoint, "columns" | "gone">;

export interface Renamed {
	from: string;
	to: string;
}

interface Definition {
	columns: ColumnDefinition[];
	key: string[];
}

/**
 * A table's definition with what is done with each column. A column that came later, or that was renamed from a withheld one, is
 * withheld where the definition does not name it.
 * @param before the table as it was taken last; undefined for one that nothing is known of.
 * @param renamed what a statement says it renamed.
 * @throws Error, which becomes the table's, where the table cannot be replicated by these rules.
 */
export function takeColumns(
	rules: Rules,
	name: TableName,
	read: Definition,
	before: TableBefore | undefined,
	renamed: readonly Renamed[] = [],
): Definition & Pick<TableCheckpoint, "gone"> {
	const known = before !== undefined && before.columns.length > 0 ? before.columns : undefined;
	const find = (columns: readonly ColumnDefinition[], wanted: string) =>
		columns.find((column) => isSame(column.name, wanted));
	const origin = (column: string): string => renamed.find(({ to }) => isSame(to, column))?.from ?? column;
	const left = (known ?? []).filter(
		({ action, name: old }) => action !== undefined && find(read.columns, old) === undefined,
	);
	// Where a withheld column left and nothing says how, any column that came may be it under another name.
	const unexplained = left.filter(({ name: old }) => !renamed.some(({ from }) => isSame(from, old)));
	const decide = (column: string): Pick<ColumnDefinition, "action" | "withheld"> => {
		const said = rules.said(name, column);
		if (said !== undefined) return said === "keep" ? {} : { action: said };
		const from = origin(column);
		const was = known === undefined ? undefined : find(known, from);
		if (was?.action !== undefined && (from !== column || was.withheld === "renamed")) {
			return { action: was.action, withheld: "renamed" };
		}
		if (known !== undefined && was === undefined && unexplained.length > 0) {
			return { action: "drop", withheld: "renamed" };
		}
		if (known === undefined || (was !== undefined && was.withheld !== "new")) {
			return rules.hasList(name) ? { action: "drop" } : {};
		}
		return newcomer(rules, name, column);
	};
	const columns = read.columns.map((column) => withAction(column, decide(column.name)));
	const gone = [...(before?.gone ?? []), ...left.map((column) => column.name)];
	requireColumns(rules, name, read.columns, gone);
	requireKey(columns, read.key);
	return { columns, key: read.key, ...(gone.length === 0 ? {} : { gone: [...new Set(gone)] }) };
}

function newcomer(rules: Rules, name: TableName, column: string): Pick<ColumnDefinition, "action" | "withheld"> {
	if (rules.hasList(name)) return { action: "drop", withheld: "new" };
	switch (rules.newColumns(name)) {
		case "include":
			return {};
		case "ignore":
			return { action: "drop", withheld: "new" };
		default:
			throw new Error(
				`the column ${column} was added, and new_columns is fail; say in the definition what is done with it (${column}: keep, drop or hash), then reload the table`,
			);
	}
}

/** Of a withheld column nothing is kept that could hold a value: neither the members of an ENUM nor an expression. */
function withAction(
	{ action: _, withheld: __, ...column }: ColumnDefinition,
	decided: Pick<ColumnDefinition, "action" | "withheld">,
): ColumnDefinition {
	if (decided.action === undefined) return column;
	if (decided.action === "drop") {
		return {
			...{ name: column.name, type: "", nullable: true, defaultsToNull: true, charset: null, generated: "" },
			...decided,
		};
	}
	const [, kind = "", members] = /^(\w+)(.*)$/s.exec(column.type) ?? [];
	if (!hashable.has(kind.toLowerCase())) {
		throw new Error(
			`the column ${column.name} is ${column.type}, and hash takes text only (char, varchar, text, enum, set); say drop or keep in the definition`,
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
function requireColumns(rules: Rules, name: TableName, columns: readonly ColumnDefinition[], gone: readonly string[]) {
	const missing = missingColumns(rules, name, columns, gone);
	if (missing.length === 0) return;
	throw new Error(
		`the definition names the ${missing.length === 1 ? "column" : "columns"} ${missing.join(", ")}, which it does not have; its columns: ${columns.map((column) => column.name).join(", ")}`,
	);
}

/** Columns that the definition names and that a table neither has nor had. */
export function missingColumns(
	rules: Rules,
	name: TableName,
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
		`its key column ${dropped.name} is withheld, and no row could be known again; say keep or hash of it in the definition`,
	);
}
