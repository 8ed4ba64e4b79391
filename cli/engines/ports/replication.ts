import type { Context, Problem } from "./context.ts";

/** The states of a replication task, as DMS names them. */
export type ReplicationState =
	| "creating"
	| "ready"
	| "starting"
	| "running"
	| "stopping"
	| "stopped"
	| "failed"
	| "modifying"
	| "testing"
	| "deleting"
	| "moving"
	| "failed-move";

export interface ReplicationStatus {
	state: ReplicationState;
	/** As the DMS console words it, for instance "Load complete, replication ongoing". */
	text: string;
	/** 0 to 100. */
	fullLoadProgress: number;
	tables: { loaded: number; loading: number; queued: number; errored: number };
	stopReason?: string;
	/** It stopped, and nobody wanted that. */
	unwanted?: true;
	lastError?: string;
	/** Why it failed, and what to do. */
	problem?: Problem;
	/** Seconds from commit at the source to the raw file of the newest change; absent before the first change. */
	latencySeconds?: number;
	/** Of these, the seconds until the change was read; only DMS reports it. */
	captureSeconds?: number;
	/** Why the latency is not known, where that could not be asked. */
	latencyUnknown?: string;
	/** Tables that foreign keys change without the binlog having it, as `schema.table`: reloaded after changes of their parents. */
	cascading?: string[];
	/** Tables that are loaded when somebody at the source no longer holds them, as `schema.table: who`. */
	waiting?: string[];
	startedAt?: string;
	/** Columns and tables that are left out though the definition does not name them, each with the reason. */
	withheld?: readonly string[];
	/** Where the log is: a path, or a log group. */
	log?: string;
}

/** Table statistics, as in DMS. */
export interface TableStatistics {
	schema: string;
	table: string;
	/** "Before load", "Full load", "Table completed", "Table error", "Table is being reloaded", "Table cancelled". */
	state: string;
	fullLoadRows: number;
	inserts: number;
	updates: number;
	deletes: number;
	ddls: number;
	lastError?: string;
	/** ISO 8601. */
	updatedAt: string;
}

/** What the definition says otherwise of a table than it was loaded by. */
export interface RuleChange {
	schema: string;
	table: string;
	/** For instance `email: hash, before keep`, or `left out`. */
	what: string;
}

export interface Replication {
	/**
	 * Brings the task to "running" from whatever state it is in, and returns when changes are followed (the full load is
	 * over) or the signal aborts.
	 * @returns what was done: started, resumed, or found running.
	 */
	start(context: Context, options?: ReplicationOptions): Promise<"started" | "resumed" | "already running">;
	stop(context: Context): Promise<"stopped" | "not running">;
	status(): Promise<ReplicationStatus>;
	tables(): Promise<TableStatistics[]>;
	/**
	 * Where the definition now withholds, or no longer withholds, what was replicated otherwise: old values are in the lake until
	 * `reload --purge` has removed them. Also what such a command has begun and not finished.
	 */
	ruleChanges(): Promise<readonly RuleChange[]>;
	/**
	 * Removes all that the raw zone has of these tables and loads them by the definition as it is now; those that it leaves out
	 * are only removed. May be stopped at any moment and repeated.
	 * @param clean removes what was made of them; called when nothing is replicated, and before anything is loaded.
	 * @param free lets runs begin again; called where a load takes longer than they wait, when all is removed.
	 */
	purge(
		context: Context,
		tables: readonly { schema: string; table: string }[],
		clean: () => Promise<void>,
		free: () => Promise<void>,
	): Promise<void>;
	/** Reloads these tables (all of them where none is named), beside the running changes. */
	reload(context: Context, tables: { schema: string; table: string }[]): Promise<void>;
}

export interface ReplicationOptions {
	/** Reload every table instead of continuing from the last position. */
	reload?: boolean;
	/** What to write: Parquet files, or messages through a delivery stream. Only the local stack lets one choose here. */
	target?: "files" | "stream";
	/** Seconds after which a batch of changes is closed. DMS: cdcMaxBatchInterval, default 60. */
	batchInterval?: number;
	/** Bytes after which a batch of changes is closed. DMS: cdcMinFileSize, default 32 MB. */
	batchBytes?: number;
	/** Limits of a batch that are not given are those of the last start. On AWS the task has them. */
	asBefore?: boolean;
}
