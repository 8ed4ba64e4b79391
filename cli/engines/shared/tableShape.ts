import { columnForm } from "../../../etl/contract/names.ts";
import type { ColumnDifference } from "../port.ts";

/** A column of the source, with what replication does with it. */
export interface SourceColumn {
	name: string;
	/** As INFORMATION_SCHEMA.COLUMNS.COLUMN_TYPE has it. */
	type: string;
	action: "keep" | "hash" | "drop";
}

export interface LakeColumn {
	name: string;
	type: string;
}

/** A column that can be compared. */
export interface ShapedColumn {
	name: string;
	/** Its type in the current table, by the contract. */
	expected: string;
	/** Another type that holds the same values, where the contract leaves that open. */
	orElse?: string;
}

/** What of a table can be compared, and how. */
export interface TableShape<Column extends ShapedColumn> {
	columns: Column[];
	/** Indexes of the key's columns; none where not all of them are in the lake, or there is no key. */
	key: number[];
	differences: ColumnDifference[];
	notCompared: ColumnDifference[];
	withheld: string[];
}

/**
 * Name that a column of the source has in the lake, in lower case.
 * @param all names of the table's columns that replication takes: one that looks like another's before image has another name.
 */
export function lakeName(column: string, all: readonly string[] = []): string {
	return columnForm(column, all).toLowerCase();
}

/**
 * Compares the columns of both sides. Names in the lake are compared without case, as its engines do.
 * @param columnOf how a column is compared, of which it also gets the name in the lake; undefined for a type that the contract does
 * not have.
 */
export function shapeOf<Column extends ShapedColumn>(
	source: readonly SourceColumn[],
	key: readonly string[],
	lake: readonly LakeColumn[],
	columnOf: (name: string, type: string, isHashed: boolean, inLake: string) => Column | undefined,
): TableShape<Column> {
	const shape: TableShape<Column> = { columns: [], key: [], differences: [], notCompared: [], withheld: [] };
	const inLake = new Map(lake.map(({ name, type }) => [name.toLowerCase(), type]));
	const all = source.filter(({ action }) => action !== "drop").map(({ name }) => name);
	for (const { name, type, action } of source) {
		const named = lakeName(name, all);
		const found = inLake.get(named);
		inLake.delete(named);
		if (action === "drop") {
			shape.withheld.push(name);
			if (found !== undefined)
				shape.differences.push({ column: name, what: "in the lake, although the definition excludes it" });
			continue;
		}
		const column = columnOf(name, type, action === "hash", named);
		if (column === undefined) shape.notCompared.push({ column: name, what: `unknown type ${type}` });
		else if (found === undefined) shape.differences.push({ column: name, what: "missing in the lake" });
		else {
			if (found !== column.expected && found !== column.orElse) {
				shape.differences.push({ column: name, what: `${found} in the lake, expected ${column.expected}` });
			}
			shape.columns.push(column);
		}
	}
	for (const [name] of inLake) shape.differences.push({ column: name, what: "not at the source" });
	const indexes = key.map((name) => shape.columns.findIndex((column) => column.name === name));
	if (!indexes.includes(-1)) shape.key = indexes;
	return shape;
}
