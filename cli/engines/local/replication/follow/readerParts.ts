import type { SourceAccess } from "../../../mysql/access.ts";
import type { RotatingLog } from "../model/log.ts";
import type { Rules } from "../model/rules.ts";
import type { ParquetEngine } from "../parquet/parquetEngine.ts";
import type { Store } from "../publish/store.ts";

/** How often the position is saved while nothing is published, so that the source may purge what was read. */
export const savePositionMs = 10_000;
/** How long a stop waits for the end of the transaction that is being read. */
export const stopGraceMs = 5_000;

export interface BatchLimits {
	/** Milliseconds from a batch's first change to its publication. */
	intervalMs: number;
	/** Bytes of binlog. */
	bytes: number;
}

export interface ReaderParts {
	access: SourceAccess;
	serverId: number;
	engine: ParquetEngine;
	staging: string;
	store: Store;
	/** What the definition says of tables and columns. */
	rules: Rules;
	log: RotatingLog;
	limits: BatchLimits;
	/** Called when what is to be shown has changed. */
	onProgress(): void;
	/** Called after each step, with what was done. */
	onStep(done: string): void;
	/** Called with the tables that are reloaded after changes of others, when they may be other ones. */
	onCascading(tables: string[]): void;
	/** Called when changes begin to come. */
	onFollowing(): void;
	/** Aborted when the replicator is to stop. */
	stop: AbortSignal;
}
