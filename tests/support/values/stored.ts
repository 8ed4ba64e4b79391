import { DuckDBDataChunk } from "@duckdb/node-api";
import duckdb from "@duckdb/node-bindings";
import { BinaryRows } from "../../../cli/engines/local/replication/mysql/binaryRows.ts";
import type { Server } from "../../../cli/engines/local/replication/mysql/server.ts";
import { binaryReader } from "../../../cli/engines/local/replication/parquet/binaryReaders.ts";
import type { ColumnType } from "../../../cli/engines/local/replication/parquet/columnType.ts";
import { type ColumnVector, vectorRows } from "../../../cli/engines/local/replication/parquet/columnVector.ts";

/** Values as DuckDB has them after they went through a column's vector, bit for bit as texts. */
export function stored(values: readonly unknown[], type: ColumnType): string[] {
	const vector = type.vector();
	const texts: string[] = [];
	for (let from = 0; from < values.length; from += vectorRows) {
		const some = values.slice(from, from + vectorRows);
		for (const value of some) {
			if (value === null) vector.putNull();
			else vector.put(value);
		}
		texts.push(...flushed(vector, type, some.length));
	}
	return texts;
}

/** Values of a query's one column, which come to the vector as a full load's do. */
export async function loaded(server: Server, sql: string, type: ColumnType): Promise<string[]> {
	const query = await BinaryRows.prepare(server, sql);
	const [column] = query.columns;
	if (column === undefined) throw new Error("no column");
	const vector = type.vector();
	const read = binaryReader(column, vector);
	const texts: string[] = [];
	for (let ended = false; !ended; ) {
		let rows = 0;
		const take = (buffer: Buffer, from: number, to: number): boolean => {
			const at = from + 2;
			if (((buffer[from + 1] ?? 0) & 4) !== 0) vector.putNull();
			else if (read(buffer, at) !== to) throw new Error("a value is not as long as its packet");
			rows += 1;
			return rows === vectorRows;
		};
		ended = await query.next(take, new AbortController().signal);
		texts.push(...flushed(vector, type, rows));
	}
	await query.close(async () => undefined);
	return texts;
}

function flushed(vector: ColumnVector, type: ColumnType, rows: number): string[] {
	const chunk = DuckDBDataChunk.create([type.stored], rows);
	vector.flush(duckdb.data_chunk_get_vector(chunk.chunk, 0));
	return chunk.getColumnValues(0).map(textOf);
}

function textOf(value: unknown): string {
	if (value === null) return "NULL";
	if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
	const bytes = (value as { bytes?: Uint8Array }).bytes;
	return bytes === undefined ? `${typeof value} ${String(value)}` : Buffer.from(bytes).toString("hex");
}
