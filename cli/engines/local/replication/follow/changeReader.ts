import type { Publication, TableCheckpoint } from "../model/checkpoint.ts";
import type { Position } from "../model/position.ts";
import type { TaskState } from "../model/taskState.ts";
import type { OpenBatch } from "./openBatch.ts";
import type { ReaderParts } from "./readerParts.ts";

/** The binlog reader as the handling of statements sees it. */
export interface ChangeReader {
	readonly state: TaskState;
	readonly parts: ReaderParts;
	readonly batch: OpenBatch;
	/** Tables to be reloaded when the open transaction ends. */
	readonly reloadAtCommit: Set<string>;
	/** Tables that the open transaction touched. */
	readonly touched: Set<string>;
	/** Start of the event group that is being read. */
	readonly groupStart: Position;
	/** End of the last event group that was read; a full load must hold it. */
	readonly groupEnd: Position | undefined;
	/** Whether the source compares names of tables without regard to case. */
	readonly foldsCase: boolean;
	/** Whether tables wait for somebody at the source, and are to be reloaded later. */
	waits: boolean;
	/** Whether statistics changed without a change of rows. */
	hasNews: boolean;
	/** Whether a table's full load already holds the event group that is being read. */
	isLoaded(table: TableCheckpoint): boolean;
	/** Publishes what is open, together with what else is to change in the raw zone. Only at the end of a transaction. */
	publish(extra?: Publication): Promise<void>;
	/** Takes a table out of the replication until it is reloaded. */
	failTable(table: TableCheckpoint, error: unknown): Promise<void>;
}
