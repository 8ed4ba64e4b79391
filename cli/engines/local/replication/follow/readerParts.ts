import type { SourceAccess } from "../../../mysql/access.ts";
import type { RotatingLog } from "../model/log.ts";
import type { ParquetEngine } from "../parquet/parquetStage.ts";
import type { Store } from "../publish/store.ts";

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
	log: RotatingLog;
	limits: BatchLimits;
	/** Called when what is to be shown has changed. */
	onProgress(): void;
	/** Called with the tables that are reloaded after changes of others, when they may be other ones. */
	onCascading(tables: string[]): void;
	/** Called when changes begin to come. */
	onFollowing(): void;
	/** Aborted when the replicator is to stop. */
	stop: AbortSignal;
}
