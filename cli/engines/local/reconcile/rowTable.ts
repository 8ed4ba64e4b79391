import { BLOB, type DuckDBAppender, type DuckDBConnection, DuckDBDataChunk, VARCHAR } from "@duckdb/node-api";
import duckdb from "@duckdb/node-bindings";
import { lengthAt } from "../replication/mysql/resultRows.ts";
import { BytesVector } from "../replication/parquet/bytesVector.ts";
import { vectorRows } from "../replication/parquet/columnVector.ts";
import type { ComparedColumn } from "./comparedColumn.ts";

/** Bytes of values after which rows go to DuckDB though the vectors are not full. */
const chunkBytes = 4 * 1024 * 1024;
const nullMarker = 0xfb;

/** The name of the table in DuckDB. */
export const rowTable = "rows_of_source";

/** Rows of the source in a table of DuckDB's, columns `c0`, `c1` …, as the server printed them. */
export class RowTable {
	rows = 0;
	readonly #vectors: readonly BytesVector[];
	readonly #appender: DuckDBAppender;
	readonly #chunk: DuckDBDataChunk;
	#chunkRows = 0;
	#chunkBytes = 0;

	private constructor(columns: readonly ComparedColumn[], appender: DuckDBAppender) {
		this.#appender = appender;
		this.#vectors = columns.map(({ isBytes }) => new BytesVector(!isBytes));
		this.#chunk = DuckDBDataChunk.create(columns.map(({ isBytes }) => (isBytes ? BLOB : VARCHAR)));
	}

	/** An empty one in place of the one before. */
	static async create(connection: DuckDBConnection, columns: readonly ComparedColumn[]): Promise<RowTable> {
		const list = columns.map(({ isBytes }, index) => `c${index} ${isBytes ? "BLOB" : "VARCHAR"}`).join(", ");
		await connection.run(`CREATE OR REPLACE TABLE ${rowTable} (${list})`);
		return new RowTable(columns, await connection.createAppender(rowTable));
	}

	/** Adds a row of the text protocol: a part of a buffer. @throws Error where the row does not have as many values as the table. */
	append(buffer: Buffer, from: number, to: number): void {
		let at = from;
		for (const vector of this.#vectors) {
			if (buffer[at] === nullMarker) {
				vector.putNull();
				at += 1;
				continue;
			}
			const first = buffer[at] as number;
			let next = at + 1;
			let length = first;
			if (first > nullMarker) ({ length, next } = lengthAt(buffer, at));
			at = next + length;
			vector.putBytes(buffer, next, at);
		}
		if (at !== to) throw new Error(`a row of the source has ${to - from} bytes, and its values ${at - from}`);
		this.rows += 1;
		this.#chunkRows += 1;
		this.#chunkBytes += to - from;
		if (this.#chunkRows === vectorRows || this.#chunkBytes >= chunkBytes) this.#flush();
	}

	/** All rows are there. */
	close(): void {
		this.#flush();
		this.#appender.closeSync();
	}

	#flush(): void {
		if (this.#chunkRows === 0) return;
		this.#chunk.reset();
		this.#chunk.rowCount = this.#chunkRows;
		for (const [index, vector] of this.#vectors.entries()) {
			vector.flush(duckdb.data_chunk_get_vector(this.#chunk.chunk, index));
		}
		this.#appender.appendDataChunk(this.#chunk);
		this.#chunkRows = 0;
		this.#chunkBytes = 0;
	}
}
