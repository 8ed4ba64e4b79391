import type { DuckDBType, DuckDBValue } from "@duckdb/node-api";
import { VARCHAR } from "@duckdb/node-api";
import { rawColumns } from "../../../../etl/datasets.ts";
import { columnType } from "./columnType.ts";

/** A column of a raw file that comes from the source. */
interface SourceColumn {
	name: string;
	type: DuckDBType;
	convert(value: unknown): DuckDBValue;
}

/** Columns of a table's raw files: the operation, the commit time, the source's columns, the change sequence, before images. */
export interface Layout {
	columns: readonly SourceColumn[];
	/** Index, in `columns`, of those with a before image. */
	before: readonly number[];
	/** Names and types of all columns of the file, in order. */
	names: readonly string[];
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
			throw new Error(`column ${name}: ${(error as Error).message}`, { cause: error });
		}
	});
	const before = [...columns.keys()].filter((index) => key.length === 0 || key.includes(columns[index]?.name ?? ""));
	const images = before.map((index) => columns[index] as SourceColumn);
	const names = [
		rawColumns.op,
		rawColumns.commitTime,
		...columns.map((column) => column.name),
		rawColumns.changeSequence,
		...images.map((column) => rawColumns.beforeImagePrefix + column.name),
	];
	refuseCollision(names);
	const types = [VARCHAR, VARCHAR, ...columns.map((c) => c.type), VARCHAR, ...images.map((c) => c.type)];
	const fingerprint = JSON.stringify(names.map((name, index) => [name, String(types[index])]));
	return { columns, before, names, types, fingerprint };
}

function refuseCollision(names: readonly string[]): void {
	const seen = new Set<string>();
	for (const name of names) {
		const folded = name.toLowerCase();
		if (seen.has(folded)) throw new Error(`column ${name} has the name of a column that replication adds`);
		seen.add(folded);
	}
}
