import type { DuckDBType, DuckDBValue } from "@duckdb/node-api";
import { rawColumns } from "../../../../../etl/contract/contract.ts";
import { messageOf } from "../../../../common/errors.ts";
import { columnType } from "./columnType.ts";

/** A column of a raw file that comes from the source. */
export interface SourceColumn {
	name: string;
	type: DuckDBType;
	convert(value: unknown): DuckDBValue;
}

/** Columns of a table's raw files: the operation, the commit time, the source's columns, the change sequence, before images. */
export interface Layout {
	columns: readonly SourceColumn[];
	/** Index, in `columns`, of those with a before image. */
	before: readonly number[];
	/** Name of the before image of a column. */
	beforeName(index: number): string;
	/** Types of `columns`, then of the before images. */
	types: readonly DuckDBType[];
	/** Equal for equal layouts. */
	fingerprint: string;
}

/**
 * @param key names of the primary key's columns; without a key every column has a before image.
 * @throws UnsupportedTypeError, or an Error where a name collides with a column that replication adds.
 */
export function makeLayout(source: readonly { name: string; type: string }[], key: readonly string[]): Layout {
	const columns = source.map(({ name, type }): SourceColumn => {
		try {
			const { stored, convert } = columnType(type);
			return { name, type: stored, convert };
		} catch (error) {
			throw new Error(`column ${name}: ${messageOf(error)}`, { cause: error });
		}
	});
	const before = [...columns.keys()].filter((index) => key.length === 0 || key.includes(columns[index]?.name ?? ""));
	const beforeName = (index: number): string => rawColumns.beforeImagePrefix + columns[index]?.name;
	refuseCollision([
		...[rawColumns.op, rawColumns.commitTime, rawColumns.changeSequence],
		...columns.map((column) => column.name),
		...before.map(beforeName),
	]);
	const types = [
		...columns.map((column) => column.type),
		...before.map((index) => (columns[index] as SourceColumn).type),
	];
	const fingerprint = JSON.stringify([columns.map((column) => [column.name, String(column.type)]), before]);
	return { columns, before, beforeName, types, fingerprint };
}

function refuseCollision(names: readonly string[]): void {
	const seen = new Set<string>();
	for (const name of names) {
		const folded = name.toLowerCase();
		if (seen.has(folded)) throw new Error(`column ${name} has the name of a column that replication adds; rename it`);
		seen.add(folded);
	}
}
