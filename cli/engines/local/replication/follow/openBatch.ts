import { join } from "node:path";
import { bug } from "../../../../common/errors.ts";
import type { BinlogEvent, BinlogTable } from "../binlog/binlogEvent.ts";
import type { Publication, TableCheckpoint } from "../model/checkpoint.ts";
import type { Rules } from "../model/rules.ts";
import type { Sequence } from "../model/sequence.ts";
import type { TableBefore } from "../model/tableHistory.ts";
import { folderOf, type TableName, tableId } from "../model/tableName.ts";
import type { ChangeStage } from "../parquet/changeStage.ts";
import { type Layout, makeLayout } from "../parquet/layout.ts";
import type { ParquetEngine } from "../parquet/parquetEngine.ts";
import { takenColumns, unshownColumn } from "./takenColumns.ts";

export type RowsEvent = Extract<BinlogEvent, { kind: "rows" }>;

interface Part {
	id: string;
	/** Name in staging. */
	file: string;
	/** `schema/table`. */
	folder: string;
}

interface OpenStage {
	stage: ChangeStage;
	/** What the stage's layout was made from. */
	source: BinlogTable;
	folder: string;
	/** Of binlog. */
	bytes: number;
}

/** Changes read and not yet published: rows in DuckDB, and files in staging of a transaction too large for that. */
export class OpenBatch {
	/** When the first change was read, by `performance.now()`, which nobody sets back; undefined while there is none. */
	openedAt: number | undefined;
	/** Commit time of the newest change, milliseconds since 1970. */
	newestCommit = 0;
	/** Bytes of binlog in this batch. */
	bytes = 0;
	#stagedBytes = 0;
	#files = 0;
	readonly #engine: ParquetEngine;
	readonly #staging: string;
	readonly #stages = new Map<string, OpenStage>();
	readonly #rules: Rules;
	/** By table: writes its file of no rows, where it gets none with rows. */
	readonly #hollow = new Map<string, () => Promise<void>>();
	#parts: Part[] = [];

	constructor(engine: ParquetEngine, staging: string, rules: Rules) {
		this.#rules = rules;
		this.#engine = engine;
		this.#staging = staging;
	}

	/** Whether `append` can go on without `prepare`. */
	isReady(event: RowsEvent): boolean {
		return this.#stages.get(event.table.id)?.source === event.table;
	}

	/**
	 * Opens a stage that fits the event's rows; rows of another layout are closed into a file first.
	 * @param before what is known of the table by the names that the event has.
	 * @param isCurrent whether the table's columns are those of the event's place.
	 * @throws where a column's type is not supported, or the table's columns do not have it.
	 */
	async prepare(
		event: RowsEvent,
		table: TableCheckpoint,
		before: TableBefore | undefined,
		isCurrent: boolean,
	): Promise<void> {
		const { table: source } = event;
		const { id } = source;
		const taken = takenColumns(source, table, before, this.#rules);
		const unshown = isCurrent ? unshownColumn(taken, table) : undefined;
		if (unshown !== undefined) {
			throw new Error(
				`its column ${unshown} is in the binlog, but not visible at the source: grant SELECT on the whole table, then reload it`,
			);
		}
		const layout = makeLayout(taken, source.key);
		const open = this.#stages.get(id);
		if (open !== undefined && open.stage.layout.fingerprint === layout.fingerprint) {
			open.source = source;
			return;
		}
		if (open !== undefined) await this.#writePart(id, open);
		const stage = await this.#engine.stage(layout);
		this.#stages.set(id, { stage, source, folder: folderOf(source), bytes: 0 });
	}

	/**
	 * Adds the rows of an event to the stage that `prepare` opened. @returns how many they are.
	 * @throws DecodeError where they cannot be read; the stage is then of no use.
	 */
	append(event: RowsEvent, commitTime: number, sequence: Sequence): number {
		const open = this.#stages.get(event.table.id);
		if (open === undefined) throw bug("rows came without a stage");
		const rows = open.stage.append(event.rows, commitTime, sequence);
		this.bytes += event.size;
		open.bytes += event.size;
		this.#stagedBytes += event.size;
		this.openedAt ??= performance.now();
		return rows;
	}

	/** A file of no rows, after all that is in the batch. */
	async addEmptyFile(name: TableName, layout: Layout): Promise<void> {
		const stage = await this.#engine.stage(layout);
		await this.#addPart(tableId(name), folderOf(name), stage);
	}

	/**
	 * A table that is there since this batch: where the batch ends without a file of it, it gets one. A table that leaves before
	 * costs none.
	 * @param addEmpty calls `addEmptyFile`.
	 */
	addCreated(name: TableName, addEmpty: () => Promise<void>): void {
		this.#hollow.set(tableId(name), addEmpty);
		this.openedAt ??= performance.now();
	}

	/**
	 * Moves rows from DuckDB into files: all, where they have more bytes of binlog than that, or those of an event's table, where they
	 * make a file. @returns undefined where there is nothing to do.
	 */
	writeLarge(event: RowsEvent, bytes: number): Promise<void> | undefined {
		if (this.#stagedBytes >= bytes) return this.writeParts();
		const { id } = event.table;
		const open = this.#stages.get(id);
		return open?.stage.isFull === true ? this.#writePart(id, open) : undefined;
	}

	/** Moves all rows from DuckDB into files. */
	async writeParts(): Promise<void> {
		for (const [id, open] of this.#stages) await this.#writePart(id, open);
	}

	/** Forgets a table's changes. */
	async drop(id: string): Promise<void> {
		const open = this.#stages.get(id);
		if (open !== undefined) this.#forget(id, open);
		await open?.stage.discard();
		this.#hollow.delete(id);
		this.#parts = this.#parts.filter((part) => part.id !== id);
	}

	/** Forgets everything. */
	async discard(): Promise<void> {
		for (const open of this.#stages.values()) await open.stage.discard();
		this.#stages.clear();
		this.#reset();
	}

	/** Writes what is open, and empties the batch. @returns the files, in the order of their changes, to be published. */
	async close(sequence: Sequence): Promise<Publication["files"]> {
		await this.writeParts();
		await this.#writeHollow();
		const now = Date.now();
		const files = this.#parts.map((part) => ({ from: part.file, to: `${part.folder}/${sequence.nextFile(now)}` }));
		this.#reset();
		return files;
	}

	async #writeHollow(): Promise<void> {
		const written = new Set(this.#parts.map(({ id }) => id));
		for (const [id, addEmpty] of this.#hollow) if (!written.has(id)) await addEmpty();
	}

	async #writePart(id: string, open: OpenStage): Promise<void> {
		this.#forget(id, open);
		if (open.stage.rows === 0) return open.stage.discard();
		await this.#addPart(id, open.folder, open.stage);
	}

	#forget(id: string, open: OpenStage): void {
		this.#stages.delete(id);
		this.#stagedBytes -= open.bytes;
	}

	async #addPart(id: string, folder: string, stage: ChangeStage): Promise<void> {
		this.#files += 1;
		const file = `batch-${this.#files}.parquet`;
		await stage.write(join(this.#staging, file));
		this.#parts.push({ id, file, folder });
	}

	#reset(): void {
		this.#parts = [];
		this.#hollow.clear();
		this.openedAt = undefined;
		this.newestCommit = 0;
		this.bytes = 0;
		this.#stagedBytes = 0;
	}
}
