import { type DuckDBAppender, type DuckDBConnection, DuckDBDataChunk, type DuckDBType } from "@duckdb/node-api";
import duckdb from "@duckdb/node-bindings";
import { rawColumns } from "../../../../../etl/contract/contract.ts";
import { syncFile } from "../../../../common/fs.ts";
import { quoteName, quoteText } from "../../../duckdb/quote.ts";
import { type ColumnVector, vectorRows } from "./columnVector.ts";
import type { Layout } from "./layout.ts";

/** Bytes of values after which rows go to DuckDB though the vectors are not full. */
const chunkBytes = 4 * 1024 * 1024;
/** Rows of a Parquet row group, which is built in memory. */
const rowGroupRows = 30_720;

/** A table of DuckDB's that a stage is kept in. */
export interface StageTable {
	connection: DuckDBConnection;
	name: string;
	appender: DuckDBAppender;
}

/** What the columns that replication adds are made from when the file is written, and the before images: SQL. */
export interface AddedColumns {
	op: string;
	commitTime: string;
	changeSequence: string;
	before: readonly string[];
}

/** Rows of one layout on their way to one Parquet file. A value that cannot be converted throws, and leaves the stage unusable. */
export abstract class ParquetStage {
	readonly layout: Layout;
	/** Rows so far. */
	rows = 0;
	/** One a column of the table. */
	protected readonly vectors: readonly ColumnVector[];
	readonly #table: StageTable;
	readonly #chunk: DuckDBDataChunk;
	#chunkRows = 0;
	#chunkBytes = 0;

	/** @param types of the table's columns. */
	constructor(layout: Layout, table: StageTable, types: readonly DuckDBType[], vectors: readonly ColumnVector[]) {
		this.layout = layout;
		this.vectors = vectors;
		this.#table = table;
		this.#chunk = DuckDBDataChunk.create(types);
	}

	/** Writes all rows to a file, durably, and drops the stage. */
	async write(path: string): Promise<void> {
		this.#flush();
		const { connection, name, appender } = this.#table;
		appender.closeSync();
		const { op, commitTime, changeSequence, before } = this.added();
		const images = this.layout.before.map(
			(column, index) => `${before[index]} AS ${quoteName(this.layout.beforeName(column))}`,
		);
		const selected = [
			`${op} AS ${quoteName(rawColumns.op)}`,
			`${commitTime} AS ${quoteName(rawColumns.commitTime)}`,
			...this.layout.columns.map((column, index) => `c${index} AS ${quoteName(column.name)}`),
			`${changeSequence} AS ${quoteName(rawColumns.changeSequence)}`,
			...images,
		];
		await connection.run(
			`COPY (SELECT ${selected.join(", ")} FROM ${name}) TO ${quoteText(path)} (FORMAT parquet, ROW_GROUP_SIZE ${rowGroupRows})`,
		);
		await syncFile(path);
		await connection.run(`DROP TABLE ${name}`);
	}

	/** Drops the stage with its rows. */
	async discard(): Promise<void> {
		this.#table.appender.closeSync();
		await this.#table.connection.run(`DROP TABLE ${this.#table.name}`);
	}

	protected abstract added(): AddedColumns;

	/** All vectors have the row's values. @param bytes about its size. */
	protected endRow(bytes: number): void {
		this.rows += 1;
		this.#chunkRows += 1;
		this.#chunkBytes += bytes;
		if (this.#chunkRows === vectorRows || this.#chunkBytes >= chunkBytes) this.#flush();
	}

	#flush(): void {
		if (this.#chunkRows === 0) return;
		this.#chunk.reset();
		this.#chunk.rowCount = this.#chunkRows;
		for (const [index, vector] of this.vectors.entries()) {
			vector.flush(duckdb.data_chunk_get_vector(this.#chunk.chunk, index));
		}
		this.#table.appender.appendDataChunk(this.#chunk);
		this.#chunkRows = 0;
		this.#chunkBytes = 0;
	}
}
