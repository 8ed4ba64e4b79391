import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
	type DuckDBAppender,
	type DuckDBConnection,
	DuckDBDataChunk,
	DuckDBInstance,
	type DuckDBValue,
} from "@duckdb/node-api";
import { messageOf } from "../../../errors.ts";
import { syncFile } from "../files.ts";
import type { Layout } from "./layout.ts";

/** Rows of DuckDB's vectors. */
const chunkRows = 2048;
const memoryLimit = "192MB";

/** DuckDB as a writer of Parquet: rows wait in its memory, beyond a limit in a temporary file. */
export class ParquetEngine {
	readonly #connection: DuckDBConnection;
	readonly #instance: DuckDBInstance;
	#stages = 0;

	private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
		this.#instance = instance;
		this.#connection = connection;
	}

	/**
	 * @param lock a database file that is held open. DuckDB locks it, and the system lets go of the lock when the process ends,
	 * however it ends: so only one process at a time works in `staging`.
	 * @returns undefined where another process still held the lock after `patienceMs`.
	 */
	static async open(staging: string, lock: string, patienceMs: number): Promise<ParquetEngine | undefined> {
		const instance = await DuckDBInstance.create(":memory:", {
			memory_limit: memoryLimit,
			temp_directory: join(staging, "spill"),
			threads: "2",
			autoinstall_known_extensions: "false",
		});
		const connection = await instance.connect();
		const end = Date.now() + patienceMs;
		for (;;) {
			try {
				await connection.run(`ATTACH ${quoteText(lock)} AS held`);
				return new ParquetEngine(instance, connection);
			} catch (error) {
				if (!/could not set lock/i.test(messageOf(error))) throw error;
				if (Date.now() > end) return undefined;
				await sleep(100);
			}
		}
	}

	async stage(layout: Layout): Promise<ParquetStage> {
		this.#stages += 1;
		const name = `stage_${this.#stages}`;
		const columns = layout.types.map((type, index) => `c${index} ${type}`);
		await this.#connection.run(`CREATE TABLE ${name} (${columns.join(", ")})`);
		return new ParquetStage(this.#connection, name, layout, await this.#connection.createAppender(name));
	}

	close(): void {
		this.#connection.closeSync();
		this.#instance.closeSync();
	}
}

/** Rows of one layout on their way to one Parquet file. */
export class ParquetStage {
	readonly layout: Layout;
	/** Rows so far. */
	rows = 0;
	readonly #connection: DuckDBConnection;
	readonly #name: string;
	readonly #appender: DuckDBAppender;
	#chunk: DuckDBValue[][];
	#chunkLength = 0;

	constructor(connection: DuckDBConnection, name: string, layout: Layout, appender: DuckDBAppender) {
		this.#connection = connection;
		this.#name = name;
		this.layout = layout;
		this.#appender = appender;
		this.#chunk = layout.types.map(() => []);
	}

	/**
	 * Adds a row. A value that cannot be converted throws, and leaves the stage unusable.
	 * @param value the source's value of a column.
	 * @param before its value before an update; absent where there is none.
	 */
	append(
		operation: "I" | "U" | "D",
		commitTime: string,
		sequence: string | null,
		value: (name: string, index: number) => unknown,
		before?: (name: string) => unknown,
	): void {
		const { columns, before: images } = this.layout;
		const chunk = this.#chunk;
		let at = 0;
		const put = (cell: DuckDBValue): void => {
			(chunk[at] as DuckDBValue[]).push(cell);
			at += 1;
		};
		put(operation);
		put(commitTime);
		for (let index = 0; index < columns.length; index += 1) {
			const column = columns[index] as (typeof columns)[number];
			const found = value(column.name, index);
			put(found === null ? null : column.convert(found));
		}
		put(sequence);
		for (const index of images) {
			const column = columns[index] as (typeof columns)[number];
			const found = before === undefined ? null : before(column.name);
			put(found === null ? null : column.convert(found));
		}
		this.rows += 1;
		this.#chunkLength += 1;
		if (this.#chunkLength === chunkRows) this.#flush();
	}

	/** Writes all rows to a file, durably, and drops the stage. */
	async write(path: string): Promise<void> {
		this.#flush();
		this.#appender.closeSync();
		const columns = this.layout.names.map((name, index) => `c${index} AS ${quoteName(name)}`);
		await this.#connection.run(
			`COPY (SELECT ${columns.join(", ")} FROM ${this.#name}) TO ${quoteText(path)} (FORMAT parquet)`,
		);
		await syncFile(path);
		await this.#connection.run(`DROP TABLE ${this.#name}`);
	}

	/** Drops the stage with its rows. */
	async discard(): Promise<void> {
		this.#appender.clear();
		this.#appender.closeSync();
		await this.#connection.run(`DROP TABLE ${this.#name}`);
	}

	#flush(): void {
		if (this.#chunkLength === 0) return;
		const chunk = DuckDBDataChunk.create(this.layout.types);
		chunk.setColumns(this.#chunk);
		this.#appender.appendDataChunk(chunk);
		this.#chunk = this.layout.types.map(() => []);
		this.#chunkLength = 0;
	}
}

function quoteName(name: string): string {
	return `"${name.replaceAll('"', '""')}"`;
}

function quoteText(text: string): string {
	return `'${text.replaceAll("'", "''")}'`;
}
