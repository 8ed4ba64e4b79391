import { DuckDBDataChunk } from "@duckdb/node-api";
import duckdb from "@duckdb/node-bindings";
import { ByteReader } from "../../../cli/engines/local/replication/decode/byteReader.ts";
import type { RowsEvent, TableReader } from "../../../cli/engines/local/replication/decode/rowsEvent.ts";
import { valueSkipper } from "../../../cli/engines/local/replication/decode/skipValue.ts";
import { BinaryRows } from "../../../cli/engines/local/replication/mysql/binaryRows.ts";
import type { Server } from "../../../cli/engines/local/replication/mysql/server.ts";
import { binaryReader } from "../../../cli/engines/local/replication/parquet/binaryReaders.ts";
import type { ColumnType } from "../../../cli/engines/local/replication/parquet/columnType.ts";
import { type ColumnVector, vectorRows } from "../../../cli/engines/local/replication/parquet/columnVector.ts";

import { eventWriter } from "../../../cli/engines/local/replication/parquet/eventWriters.ts";

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

/** Values of the one column beside the key `id`, which come to the vector as changes do: of the rows, and of those before an update. */
export function logged(events: readonly RowsEvent[], type: ColumnType): Record<"rows" | "before", [unknown, string][]> {
	const kinds = { rows: logging(type), before: logging(type) };
	for (const { operation, images, reader: table } of events) {
		const reader = new ByteReader(images);
		while (reader.left > 0) {
			if (operation === "U") kinds.before.add(table, reader);
			kinds.rows.add(table, reader);
		}
	}
	return { rows: kinds.rows.end(), before: kinds.before.end() };
}

function logging(type: ColumnType) {
	const vector = type.vector();
	const texts: string[] = [];
	const ids: unknown[] = [];
	const flush = (): void => {
		if (ids.length > texts.length) texts.push(...flushed(vector, type, ids.length - texts.length));
	};
	return {
		add({ map, columns: [id, value] }: TableReader, reader: ByteReader): void {
			const column = map.columns[1];
			if (id === undefined || value === undefined || column === undefined) throw new Error("there are not two columns");
			const nulls = reader.u8();
			ids.push(id.read(reader));
			if ((nulls & 2) !== 0) {
				vector.putNull();
			} else {
				// Who does not want the value must come to the same place.
				const past = new ByteReader(reader.buffer, reader.at);
				valueSkipper(column)?.(past);
				eventWriter(column, value, vector)(reader);
				if (past.at !== reader.at) throw new Error(`a value of ${value.declared} ends at ${reader.at} and ${past.at}`);
			}
			if (ids.length % vectorRows === 0) flush();
		},
		end(): [unknown, string][] {
			flush();
			return ids.map((id, index) => [id, texts[index] ?? ""]);
		},
	};
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
