import { PipelineError } from "../../../../common/errors.ts";
import { type TableName, tableId } from "../model/tableName.ts";
import { HeldTable } from "../mysql/errors.ts";
import type { Snapshot, SnapshotReader, TableFault } from "../mysql/snapshot.ts";
import { LoadQueue } from "./loadQueue.ts";
import { affectsAll, type LoadedRange, type LoadedTable, type OpenTable, type TableLoader } from "./tableLoader.ts";

export interface LoadProgress {
	/** @param rows read so far. @param done whether that was all. */
	table(name: TableName, rows: number, done: boolean): void;
	/** Something that somebody may want to know. */
	said?(text: string): void;
}

export interface FailedTable {
	name: TableName;
	error: string;
	/** Whether somebody at the source holds it, so that it can be loaded later. */
	waits: boolean;
}

export interface LoadedTables {
	loaded: LoadedTable[];
	/** Tables that do not exist at the source. */
	missing: TableName[];
	failed: FailedTable[];
}

export function failedTable({ name, error }: TableFault): FailedTable {
	return { name, error: error.message, waits: error instanceof HeldTable };
}

/** A table with what its ranges gave so far. */
interface Progressing extends OpenTable {
	results: (LoadedRange | undefined)[];
	rows: number[];
	left: number;
	/** Aborted when one of its ranges failed. */
	ended: AbortController;
}

type Loader = Pick<TableLoader, "open" | "load" | "loaded" | "remove">;

type LoadJob =
	| { kind: "open"; name: TableName; isHeavy: boolean }
	| { kind: "range"; table: Progressing; index: number; isHeavy: boolean };

/**
 * Loads tables side by side, as many as the snapshot has readers, and large ones by ranges of their key. What is decoded takes one
 * processor, what is written and what the source reads take the others. A table that cannot be read does not hold up the others.
 */
export class ParallelLoad {
	readonly #snapshot: Snapshot;
	readonly #loader: Loader;
	readonly #progress: LoadProgress;
	/** Aborted when nothing more can be loaded. */
	readonly #end = new AbortController();
	readonly #stop: AbortSignal;
	readonly #loaded = new Map<string, LoadedTable>();
	readonly #failed = new Map<string, Error>();
	readonly #missing = new Set<string>();

	constructor(snapshot: Snapshot, loader: Loader, progress: LoadProgress, signal: AbortSignal) {
		this.#snapshot = snapshot;
		this.#loader = loader;
		this.#progress = progress;
		this.#stop = AbortSignal.any([signal, this.#end.signal]);
	}

	/** @returns what each table came to, in their order. @throws where no table can be loaded; nothing runs any more then. */
	async run(tables: readonly TableName[]): Promise<LoadedTables> {
		const queue = new LoadQueue<LoadJob>(tables.map((name) => ({ kind: "open", name, isHeavy: false })));
		const reading = this.#snapshot.readers.map(async (reader) => {
			try {
				await queue.drain((job) => this.#do(job, reader, queue));
			} catch (error) {
				this.#end.abort(error);
				throw error;
			}
		});
		await Promise.allSettled(reading);
		this.#stop.throwIfAborted();
		const inOrder = <T>(found: (id: string, name: TableName) => T | undefined): T[] =>
			tables.map((name) => found(tableId(name), name)).filter((one) => one !== undefined);
		return {
			loaded: inOrder((id) => this.#loaded.get(id)),
			missing: inOrder((id, name) => (this.#missing.has(id) ? name : undefined)),
			failed: inOrder((id, name) => {
				const error = this.#failed.get(id);
				return error && failedTable({ name, error });
			}),
		};
	}

	async #do(job: LoadJob, reader: SnapshotReader, queue: LoadQueue<LoadJob>): Promise<void> {
		this.#stop.throwIfAborted();
		if (job.kind === "range") return this.#load(reader, job.table, job.index);
		try {
			const table = await this.#loader.open(reader, job.name);
			if (table === undefined) {
				this.#missing.add(tableId(job.name));
				this.#progress.table(job.name, 0, true);
				return;
			}
			const left = table.ranges.length;
			const progressing: Progressing = {
				...{ ...table, left, results: new Array(left), rows: new Array(left).fill(0), ended: new AbortController() },
			};
			queue.addFirst(
				table.ranges.map((_, index) => ({ kind: "range", table: progressing, index, isHeavy: table.isWide })),
			);
		} catch (error) {
			this.#fail(job.name, error);
		}
	}

	async #load(reader: SnapshotReader, table: Progressing, index: number): Promise<void> {
		const { name, ended } = table;
		try {
			if (ended.signal.aborted) return;
			const signal = AbortSignal.any([this.#stop, ended.signal]);
			const onRows = (rows: number): void => {
				table.rows[index] = rows;
				const sum = table.rows.reduce((one, other) => one + other, 0);
				if (!ended.signal.aborted) this.#progress.table(name, sum, false);
			};
			table.results[index] = await this.#loader.load(reader, table, index, onRows, signal);
		} catch (error) {
			// Those beside the first one fail because it did.
			if (!ended.signal.aborted) this.#fail(name, error);
			ended.abort(error);
		} finally {
			table.left -= 1;
			if (table.left === 0) await this.#finish(table);
		}
	}

	async #finish(table: Progressing): Promise<void> {
		const ranges = table.results.filter((range) => range !== undefined);
		if (table.ended.signal.aborted) {
			await this.#loader.remove(ranges.flatMap(({ files }) => files));
			return;
		}
		const loaded = this.#loader.loaded(table, ranges);
		this.#loaded.set(tableId(table.name), loaded);
		this.#progress.table(table.name, loaded.rows, true);
	}

	#fail(name: TableName, error: unknown): void {
		if (affectsAll(error) || this.#stop.aborted || error instanceof PipelineError) throw error;
		this.#failed.set(tableId(name), error as Error);
		this.#progress.table(name, 0, true);
	}
}
