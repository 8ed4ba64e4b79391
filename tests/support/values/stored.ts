import { DuckDBDataChunk } from "@duckdb/node-api";
import duckdb from "@duckdb/node-bindings";
import type { ColumnType } from "../../../cli/engines/local/replication/parquet/columnType.ts";
import { vectorRows } from "../../../cli/engines/local/replication/parquet/columnVector.ts";

/** Values as DuckDB has them after they went through a column's vector, bit for bit as texts. */
export function stored(values: readonly unknown[], type: ColumnType): string[] {
	const vector = type.vector();
	const chunk = DuckDBDataChunk.create([type.stored]);
	const texts: string[] = [];
	for (let from = 0; from < values.length; from += vectorRows) {
		const some = values.slice(from, from + vectorRows);
		for (const value of some) {
			if (value === null) vector.putNull();
			else vector.put(value);
		}
		chunk.reset();
		chunk.rowCount = some.length;
		vector.flush(duckdb.data_chunk_get_vector(chunk.chunk, 0));
		texts.push(...chunk.getColumnValues(0).map(textOf));
	}
	return texts;
}

function textOf(value: unknown): string {
	if (value === null) return "NULL";
	if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
	const bytes = (value as { bytes?: Uint8Array }).bytes;
	return bytes === undefined ? `${typeof value} ${String(value)}` : Buffer.from(bytes).toString("hex");
}
