import { type DuckDBAppender, type DuckDBConnection, DuckDBDataChunk, type DuckDBType } from "@duckdb/node-api";
import duckdb from "@duckdb/node-bindings";
import { rawColumns } from "../../../../../etl/contract/contract.ts";
import { syncFile } from "../../../../common/fs.ts";
import { quoteName, quoteText } from "../../../duckdb/quote.ts";
import { type ColumnVector, vectorRows } from "./columnVector.ts";
import type { Layout } from "./layout.ts";

/** Bytes of values after which rows go to DuckDB though the vectors are not full. */
const chunkBytes = 4 * 1024 * 1024;
/** Rows of a Parquet row group, where its bytes allow them. */
const rowGroupRows = 30_720;

/** Where a stage is cut, in bytes of values. */
export interface StageLimits {
	/** Of a file. */
	file: number;
	/** Of what is held at a time while the file is written: a row group, and a vector of DuckDB's, which has 2048 rows however wide. */
	group: number;
}

export const stageLimits: StageLimits = { file: 64 * 1024 * 1024, group: 16 * 1024 * 1024 };

/** A table of DuckDB's that a stage is kept in. */
export interface StageTable {
	connection: DuckDBConnection;
	name: string;
	appender: DuckDBAppender;
	limits: StageLimits;
	/** Makes room for the writing of a vector of so many bytes: the least that is written at a time. @returns gives it back. */
	makeRoom(bytes: number): Promise<() => Promise<void>>;
	/** The table is gone, and its connection is free for another one. */
	release(): void;
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
	#bytes = 0;
	/** Of the vector of DuckDB's that the last row is in, and of the largest one. */
	#vectorBytes = 0;
	#mostVectorBytes = 0;

	/** @param types of the table's columns. */
	constructor(layout: Layout, table: StageTable, types: readonly DuckDBType[], vectors: readonly ColumnVector[]) {
		this.layout = layout;
		this.vectors = vectors;
		this.#table = table;
		this.#chunk = DuckDBDataChunk.create(types);
	}

	/** Whether the rows make a file. */
	get isFull(): boolean {
		const { file, group } = this.#table.limits;
		return this.#bytes >= file || this.#vectorBytes >= group;
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
		const giveBack = await this.#table.makeRoom(this.#mostVectorBytes);
		try {
			await connection.run(
				`COPY (SELECT ${selected.join(", ")} FROM ${name}) TO ${quoteText(path)} (FORMAT parquet, ROW_GROUP_SIZE ${this.#groupRows()})`,
			);
		} finally {
			await giveBack();
		}
		await syncFile(path);
		await this.#drop();
	}

	/** Drops the stage with its rows. */
	async discard(): Promise<void> {
		this.#table.appender.closeSync();
		await this.#drop();
	}

	protected abstract added(): AddedColumns;

	/** All vectors have the row's values. @param bytes about its size. */
	protected endRow(bytes: number): void {
		this.rows += 1;
		this.#chunkRows += 1;
		this.#chunkBytes += bytes;
		this.#bytes += bytes;
		this.#vectorBytes = this.rows % vectorRows === 1 ? bytes : this.#vectorBytes + bytes;
		if (this.#vectorBytes > this.#mostVectorBytes) this.#mostVectorBytes = this.#vectorBytes;
		if (this.#chunkRows === vectorRows || this.#chunkBytes >= chunkBytes) this.#flush();
	}

	async #drop(): Promise<void> {
		const { connection, name, release } = this.#table;
		await connection.run(`DROP TABLE ${name}`);
		release();
	}

	/** A row group is of whole vectors. */
	#groupRows(): number {
		const vectors = Math.floor(this.#table.limits.group / Math.max(1, this.#mostVectorBytes));
		return Math.min(rowGroupRows, Math.max(1, vectors) * vectorRows);
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
