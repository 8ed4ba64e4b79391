import type { ColumnDifference } from "../../port.ts";
import { type ComparedColumn, comparedColumn } from "./comparedColumn.ts";
import { lakeName } from "./currentTable.ts";

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

/** What of a table can be compared, and how. */
export interface TableShape {
	columns: ComparedColumn[];
	/** Indexes of the key's columns; none where not all of them are in the lake, or there is no key. */
	key: number[];
	differences: ColumnDifference[];
	notCompared: ColumnDifference[];
	withheld: string[];
}

/** Compares the columns of both sides. Names in the lake are compared without case, as its engines do. */
export function shapeOf(
	source: readonly SourceColumn[],
	key: readonly string[],
	lake: readonly LakeColumn[],
): TableShape {
	const shape: TableShape = { columns: [], key: [], differences: [], notCompared: [], withheld: [] };
	const inLake = new Map(lake.map(({ name, type }) => [name.toLowerCase(), type]));
	for (const { name, type, action } of source) {
		const found = inLake.get(lakeName(name));
		inLake.delete(lakeName(name));
		if (action === "drop") {
			shape.withheld.push(name);
			if (found !== undefined) shape.differences.push({ column: name, what: "in the lake, though it is left out" });
			continue;
		}
		const column = comparedColumn(name, type, action === "hash");
		if (column === undefined)
			shape.notCompared.push({ column: name, what: `${type} is a type that is not known here` });
		else if (found === undefined) shape.differences.push({ column: name, what: "missing in the lake" });
		else {
			if (found !== column.expected) {
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
