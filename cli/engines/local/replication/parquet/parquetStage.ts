import { rm } from "node:fs/promises";
import { join } from "node:path";
import { DOUBLE, type DuckDBAppender, type DuckDBConnection, DuckDBDataChunk, VARCHAR } from "@duckdb/node-api";
import duckdb from "@duckdb/node-bindings";
import { rawColumns } from "../../../../../etl/contract/contract.ts";
import { messageOf } from "../../../../common/errors.ts";
import { syncFile } from "../../../../common/fs.ts";
import { PollTimeout, poll } from "../../../../common/poll.ts";
import { type OpenDuckDb, openDuckDb } from "../../../duckdb/open.ts";
import { quoteName, quoteText } from "../../../duckdb/quote.ts";
import type { Row } from "../model/row.ts";
import { type BinaryReader, binaryReader, type WireColumn, WireFormatError } from "./binaryReaders.ts";
import { BytesVector } from "./bytesVector.ts";
import { type ColumnVector, vectorRows } from "./columnVector.ts";
import type { Layout, SourceColumn } from "./layout.ts";
import { NumberVector } from "./numberVectors.ts";

/** Bytes of values after which rows go to DuckDB though the vectors are not full. */
const chunkBytes = 4 * 1024 * 1024;
/** Rows of a Parquet row group, which is built in memory. */
const rowGroupRows = 30_720;
/** Of DuckDB; beyond it rows go to a temporary file. */
const memoryLimit = "128MB";

/** DuckDB as a writer of Parquet: rows wait in its memory, beyond a limit in a temporary file. */
export class ParquetEngine {
	readonly #database: OpenDuckDb;
	#stages = 0;

	private constructor(database: OpenDuckDb) {
		this.#database = database;
	}

	/**
	 * @param lock a database file that is held open. DuckDB locks it, and the system lets go of the lock when the process ends,
	 * however it ends: so only one process at a time works in `staging`.
	 * @returns undefined where another process still held the lock after `patienceMs`.
	 */
	static async open(staging: string, lock: string, patienceMs: number): Promise<ParquetEngine | undefined> {
		const database = await openDuckDb(":memory:", {
			memory_limit: memoryLimit,
			temp_directory: join(staging, "spill"),
			threads: "1",
			autoinstall_known_extensions: "false",
		});
		try {
			return await poll({ firstMs: 100, timeoutMs: patienceMs }, async () => {
				try {
					await database.connection.run(`ATTACH ${quoteText(lock)} AS held`);
					return new ParquetEngine(database);
				} catch (error) {
					const message = messageOf(error);
					// Nothing is in it, so a new one does as well. Who holds the lock is noticed before.
					if (/not a valid duckdb|corrupt database/i.test(message)) await rm(lock, { force: true });
					else if (!/could not set lock/i.test(message)) throw error;
					return undefined;
				}
			});
		} catch (error) {
			database.close();
			if (error instanceof PollTimeout) return undefined;
			throw error;
		}
	}

	async stage(layout: Layout): Promise<ParquetStage> {
		this.#stages += 1;
		const name = `stage_${this.#stages}`;
		const columns = layout.types.map((type, index) => `c${index} ${type}`);
		const { connection } = this.#database;
		await connection.run(`CREATE TABLE ${name} (${[...stagedColumns, ...columns].join(", ")})`);
		return new ParquetStage(connection, name, layout, await connection.createAppender(name));
	}

	close(): void {
		this.#database.close();
	}
}

/**
 * Columns that replication adds are staged as numbers, which takes a fraction of their room, and become text when the file is
 * written: the operation, the commit time (milliseconds since 1970), and both parts of the change sequence.
 */
const stagedColumns = ["op VARCHAR", "time DOUBLE", "digits DOUBLE", "counter DOUBLE"];
const stagedTypes = [VARCHAR, DOUBLE, DOUBLE, DOUBLE];
const stagedAsText = {
	time: "strftime(make_timestamp_ms(time::BIGINT), '%Y-%m-%d %H:%M:%S.%f')",
	sequence: "lpad(digits::BIGINT::VARCHAR, 16, '0') || lpad(counter::BIGINT::VARCHAR, 19, '0')",
};

/** Rows of one layout on their way to one Parquet file. A value that cannot be converted throws, and leaves the stage unusable. */
export class ParquetStage {
	readonly layout: Layout;
	/** Rows so far. */
	rows = 0;
	readonly #connection: DuckDBConnection;
	readonly #name: string;
	readonly #appender: DuckDBAppender;
	readonly #chunk: DuckDBDataChunk;
	/** Of the columns that replication adds. */
	readonly #added = [
		new BytesVector(true),
		...["time", "digits", "counter"].map(() => new NumberVector("f64")),
	] as const;
	/** Of the source's columns, then of the before images. */
	readonly #vectors: readonly ColumnVector[];
	#chunkRows = 0;
	#chunkBytes = 0;

	constructor(connection: DuckDBConnection, name: string, layout: Layout, appender: DuckDBAppender) {
		this.#connection = connection;
		this.#name = name;
		this.layout = layout;
		this.#appender = appender;
		this.#chunk = DuckDBDataChunk.create([...stagedTypes, ...layout.types]);
		const { columns, before } = layout;
		this.#vectors = [...columns, ...before.map((index) => columns[index] as SourceColumn)].map((column) =>
			column.vector(),
		);
	}

	/** How rows of a result set in the binary protocol are read; for `appendBinary`. @param result its columns, those of the layout. */
	binaryReaders(result: readonly WireColumn[]): readonly BinaryReader[] {
		return result.map((column, index) => binaryReader(column, this.#vectors[index] as ColumnVector));
	}

	/** Adds a row of a full load: a packet of the binary protocol. */
	appendBinary(time: number, readers: readonly BinaryReader[], buffer: Buffer, from: number, to: number): void {
		this.#putAdded("I", time, null, null);
		const nulls = from + 1;
		let at = nulls + ((readers.length + 9) >> 3);
		for (let index = 0; index < readers.length; index += 1) {
			// The first two bits are of no column.
			const isNull = ((buffer[nulls + ((index + 2) >> 3)] as number) & (1 << ((index + 2) & 7))) !== 0;
			if (isNull) (this.#vectors[index] as ColumnVector).putNull();
			else at = (readers[index] as BinaryReader)(buffer, at);
		}
		if (at !== to) throw new WireFormatError(`a row has ${to - from} bytes, and its values ${at - from}`);
		for (let index = readers.length; index < this.#vectors.length; index += 1) this.#put(index, null);
		this.#endRow(to - from);
	}

	/** Adds a change. @param before the row before an update. @param bytes about its size. */
	appendChange(
		operation: "I" | "U" | "D",
		time: number,
		sequence: { digits: number; counter: number },
		row: Row,
		before: Row | undefined,
		bytes: number,
	): void {
		const { columns, before: images } = this.layout;
		this.#putAdded(operation, time, sequence.digits, sequence.counter);
		for (let index = 0; index < columns.length; index += 1) {
			const column = columns[index] as SourceColumn;
			this.#put(index, row[column.at]);
		}
		for (let index = 0; index < images.length; index += 1) {
			const column = columns[images[index] as number] as SourceColumn;
			if (before === undefined) this.#put(columns.length + index, null);
			else this.#put(columns.length + index, before[column.at]);
		}
		this.#endRow(bytes);
	}

	/** Writes all rows to a file, durably, and drops the stage. */
	async write(path: string): Promise<void> {
		this.#flush();
		this.#appender.closeSync();
		const source = this.layout.columns.map((column, index) => `c${index} AS ${quoteName(column.name)}`);
		const images = this.layout.before.map(
			(column, index) => `c${source.length + index} AS ${quoteName(this.layout.beforeName(column))}`,
		);
		const selected = [
			`op AS ${quoteName(rawColumns.op)}`,
			`${stagedAsText.time} AS ${quoteName(rawColumns.commitTime)}`,
			...source,
			`${stagedAsText.sequence} AS ${quoteName(rawColumns.changeSequence)}`,
			...images,
		];
		await this.#connection.run(
			`COPY (SELECT ${selected.join(", ")} FROM ${this.#name}) TO ${quoteText(path)} (FORMAT parquet, ROW_GROUP_SIZE ${rowGroupRows})`,
		);
		await syncFile(path);
		await this.#connection.run(`DROP TABLE ${this.#name}`);
	}

	/** Drops the stage with its rows. */
	async discard(): Promise<void> {
		this.#appender.closeSync();
		await this.#connection.run(`DROP TABLE ${this.#name}`);
	}

	#putAdded(operation: string, time: number, digits: number | null, counter: number | null): void {
		const [op, ...numbers] = this.#added;
		op.put(operation);
		const values = [time, digits, counter];
		for (let index = 0; index < numbers.length; index += 1) {
			const value = values[index];
			if (value === null || value === undefined) numbers[index]?.putNull();
			else numbers[index]?.putNumber(value);
		}
	}

	#put(index: number, value: unknown): void {
		const vector = this.#vectors[index] as ColumnVector;
		if (value === null) vector.putNull();
		else vector.put(value);
	}

	#endRow(bytes: number): void {
		this.rows += 1;
		this.#chunkRows += 1;
		this.#chunkBytes += bytes;
		if (this.#chunkRows === vectorRows || this.#chunkBytes >= chunkBytes) this.#flush();
	}

	#flush(): void {
		if (this.#chunkRows === 0) return;
		this.#chunk.reset();
		this.#chunk.rowCount = this.#chunkRows;
		for (const [index, vector] of [...this.#added, ...this.#vectors].entries()) {
			vector.flush(duckdb.data_chunk_get_vector(this.#chunk.chunk, index));
		}
		this.#appender.appendDataChunk(this.#chunk);
		this.#chunkRows = 0;
		this.#chunkBytes = 0;
	}
}
