import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { DuckDBConnection, DuckDBType } from "@duckdb/node-api";
import { messageOf } from "../../../../common/errors.ts";
import { PollTimeout, poll } from "../../../../common/poll.ts";
import { type OpenDuckDb, openDuckDb } from "../../../duckdb/open.ts";
import { quoteText } from "../../../duckdb/quote.ts";
import type { ResultColumn } from "../model/resultColumn.ts";
import { ChangeStage, stagedColumns } from "./changeStage.ts";
import type { Layout } from "./layout.ts";
import { LoadStage } from "./loadStage.ts";
import { type StageLimits, type StageTable, stageLimits } from "./stage.ts";

/** Of DuckDB, in MB; beyond it rows go to a temporary file. */
const memoryLimit = 128;
/** The widest row that can be written in that, or rows of one vector together. */
const usualRow = 20 * 1024 * 1024;
/** A vector that is written beside others. */
const narrowVector = 1024 * 1024;
/**
 * How often a row is in memory while it is written. DuckDB has it 4.2 times: stored, read, as a page, and compressed, for which a sixth
 * more than it is reserved. Rows of the same vector come on top.
 */
const copiesOfRow = 6;

/** DuckDB as a writer of Parquet: rows wait in its memory, beyond a limit in a temporary file. */
export class ParquetEngine {
	readonly #database: OpenDuckDb;
	readonly #limits: StageLimits;
	#stages = 0;
	/** To the memory limit, for wide rows that are being written. */
	#added = 0;
	/** Ends when the last wide vector so far is written. */
	#turn: Promise<void> = Promise.resolve();
	/** A stage has one for itself: the next rows of another must not wait for its file. */
	readonly #idle: DuckDBConnection[] = [];

	private constructor(database: OpenDuckDb, limits: StageLimits) {
		this.#database = database;
		this.#limits = limits;
	}

	/**
	 * @param lock a database file that is held open. DuckDB locks it, and the system lets go of the lock when the process ends,
	 * however it ends: so only one process at a time works in `staging`.
	 * @returns undefined where another process still held the lock after `patienceMs`.
	 */
	static async open(
		staging: string,
		lock: string,
		patienceMs: number,
		limits = stageLimits,
	): Promise<ParquetEngine | undefined> {
		const database = await openDuckDb(":memory:", {
			memory_limit: `${memoryLimit}MB`,
			temp_directory: join(staging, "spill"),
			threads: "1",
			autoinstall_known_extensions: "false",
		});
		let isNew = false;
		try {
			return await poll({ firstMs: 100, timeoutMs: patienceMs }, async () => {
				try {
					await database.connection.run(`ATTACH ${quoteText(lock)} AS held`);
					return new ParquetEngine(database, limits);
				} catch (error) {
					if (/could not set lock/i.test(messageOf(error))) return undefined;
					if (isNew) throw error;
					// Nothing is in it, so a new one does as well, whatever is wrong with it. Who holds the lock is noticed before.
					isNew = true;
					await rm(lock, { recursive: true, force: true });
					return undefined;
				}
			});
		} catch (error) {
			database.close();
			if (error instanceof PollTimeout) return undefined;
			throw error;
		}
	}

	/** A stage for changes. */
	async stage(layout: Layout): Promise<ChangeStage> {
		return new ChangeStage(layout, await this.#table([...stagedColumns, ...numbered(layout.types)]));
	}

	/** A stage for a full load. @param result the result set's columns, those of the layout. @param time of the load, ms since 1970. */
	async loadStage(layout: Layout, result: readonly ResultColumn[], time: number): Promise<LoadStage> {
		const types = layout.columns.map(({ type }) => type);
		return new LoadStage(layout, await this.#table(numbered(types)), result, time);
	}

	async #table(columns: readonly string[]): Promise<StageTable> {
		this.#stages += 1;
		const name = `stage_${this.#stages}`;
		const connection = this.#idle.pop() ?? (await this.#database.connect());
		await connection.run(`CREATE TABLE ${name} (${columns.join(", ")})`);
		return {
			...{ connection, name, appender: await connection.createAppender(name), limits: this.#limits },
			makeRoom: (bytes) => this.#makeRoom(bytes),
			release: () => void this.#idle.push(connection),
		};
	}

	/** Wide vectors are written one after the other: several together need more than the limit, and what waits can go to the temporary file. */
	async #makeRoom(vector: number): Promise<() => Promise<void>> {
		if (vector <= narrowVector) return async () => undefined;
		const before = this.#turn;
		let end = (): void => undefined;
		this.#turn = new Promise((resolve) => {
			end = resolve;
		});
		await before;
		const added = Math.max(0, Math.ceil((copiesOfRow * (vector - usualRow)) / 1_000_000));
		try {
			await this.#addMemory(added);
		} catch (error) {
			end();
			throw error;
		}
		return () => this.#addMemory(-added).finally(end);
	}

	async #addMemory(megabytes: number): Promise<void> {
		if (megabytes === 0) return;
		this.#added += megabytes;
		await this.#database.connection.run(`SET memory_limit = '${memoryLimit + this.#added}MB'`);
	}

	close(): void {
		this.#database.close();
	}
}

function numbered(types: readonly DuckDBType[]): string[] {
	return types.map((type, index) => `c${index} ${type}`);
}
