import type { ColumnDefinition } from "../model/checkpoint.ts";
import type { TableSchema } from "../mysql/tableSchema.ts";
import type { Alteration } from "./alter.ts";

/**
 * What an ALTER TABLE asks of replication.
 * `none`: rows look as before. `schema`: the next file has other columns, and a reader brings older rows to them by dropping
 * columns, by adding nulls, or by one rename. `reload`: stored values changed, or may have.
 */
export type SchemaChange = "none" | "schema" | "reload";

export function schemaChange(before: TableSchema, after: TableSchema, alteration: Alteration): SchemaChange {
	if (alteration.opaque) return "reload";
	const renames = new Map(alteration.renamed.map(({ from, to }) => [folded(from), to]));
	const dropped = new Set(alteration.dropped.map(folded));
	// What the rows would look like by the statement alone; then what comes on top of that must be new columns of nulls.
	const expected = before.columns
		.filter((column) => !dropped.has(folded(column.name)))
		.map((column) => ({ ...column, name: renames.get(folded(column.name)) ?? column.name }));
	const kept = new Set(expected.map((column) => folded(column.name)));
	const remaining = after.columns.filter((column) => kept.has(folded(column.name)));
	const added = after.columns.filter((column) => !kept.has(folded(column.name)));
	if (remaining.length !== expected.length) return "reload";
	for (const [index, column] of expected.entries()) {
		const now = remaining[index];
		if (now === undefined || folded(now.name) !== folded(column.name) || !sameValues(column, now)) return "reload";
	}
	if (added.some((column) => !column.defaultsToNull)) return "reload";
	const renamed = before.columns.filter((column) => {
		const to = renames.get(folded(column.name));
		return to !== undefined && to !== column.name;
	});
	// Readers see columns only, not statements: what leaves more than one explanation is reloaded.
	const kinds = [dropped.size > 0, added.length > 0, renamed.length > 0].filter(Boolean).length;
	if (kinds > 1 || renamed.length > 1 || renamed.some((column) => before.key.includes(column.name))) return "reload";
	// Of a key values are demanded that another column need not have: a date of zeros is null, for one.
	// Updates up to now have what they replace by the old key only, which does not tell rows apart without it.
	const [had, has] = [before.key, after.key].map((key) => new Set(key.map(folded)));
	if (had?.size !== has?.size || ![...(had ?? [])].every((name) => has?.has(name))) return "reload";
	const sameKey = JSON.stringify(before.key) === JSON.stringify(after.key);
	return kinds === 0 && sameKey ? "none" : "schema";
}

/** Whether every stored value of a column is what it was. */
function sameValues(before: ColumnDefinition, after: ColumnDefinition): boolean {
	if (before.charset !== after.charset || before.generated !== after.generated) return false;
	if (before.nullable && !after.nullable) return false;
	return before.type === after.type || isWidened(before.type, after.type);
}

/** A longer VARCHAR, or an ENUM or SET with values added at its end; not an empty one, which a value before may read like. */
function isWidened(before: string, after: string): boolean {
	const [, oldLength] = /^varchar\((\d+)\)$/.exec(before) ?? [];
	const [, newLength] = /^varchar\((\d+)\)$/.exec(after) ?? [];
	if (oldLength !== undefined && newLength !== undefined) return Number(newLength) >= Number(oldLength);
	const kept = before.slice(0, -1);
	return /^(enum|set)\(/.test(before) && after.startsWith(`${kept},`) && !/,''[,)]/.test(after.slice(kept.length));
}

/** Names of columns are compared without regard to case. */
function folded(name: string): string {
	return name.toLowerCase();
}
