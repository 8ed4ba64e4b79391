import type { JobDefinition } from "../../etl/jobs.ts";

/**
 * The ports: what the steps need of an engine. `engines/local` and `engines/aws` implement them. Nothing here prints;
 * progress goes to the context's reporter, and a failure that the user can mend is a `PipelineError`.
 */

/** How a step tells what it does; `cli/ui` shows it. */
export interface Reporter {
	/**
	 * Shows a piece of work from its start to its end, with its duration. `update` replaces the detail beside the title.
	 * @param succeeded whether a result is shown as a success; one that was thrown never is.
	 */
	task<T>(
		title: string,
		run: (update: (detail: string) => void) => Promise<T>,
		succeeded?: (result: T) => boolean,
	): Promise<T>;
	note(text: string): void;
	warn(text: string): void;
}

/** What every step gets. */
export interface Context {
	reporter: Reporter;
	/** Aborted by Ctrl-C and by `--timeout`; its reason is the `PipelineError` to end with. */
	signal: AbortSignal;
	/** What goes on when the command is left early, by the engine's id of it; the user is told. */
	ongoing?: Map<string, Ongoing>;
}

/** Work in the cloud that does not end with the command. */
export interface Ongoing {
	/** For instance `Glue job dev-process-load (run jr_1)`. */
	what: string;
	/** Command that stops it. */
	stop: string;
}

/** A deployment of the pipeline; each port is loaded when it is first asked for. */
export interface Stack {
	readonly name: string;
	readonly engine: "local" | "aws";
	source(): Promise<Source>;
	replication(): Promise<Replication>;
	jobs(): Promise<Jobs>;
	crawlers(): Promise<Crawlers>;
	query(): Promise<Query>;
	raw(): Promise<ObjectStore>;
	processed(): Promise<ObjectStore>;
	eventStream(): Promise<EventStream>;
	warehouse(): Promise<Warehouse>;
	logs(): Promise<Logs>;
	/** Every precondition of the stack's work, also those that hold. */
	checks(context: Context): Promise<Check[]>;
	/** Addresses of the stack's dashboards by name, none where it has none; absent where `dashboard` serves them itself. */
	dashboardUrls?(): Promise<Record<string, string>>;
}

/** What the CLI itself makes and removes: only the local stack has it; on AWS Pulumi does. */
export interface LocalHost {
	/** Installs what is missing; quick where all is there. */
	setup(context: Context): Promise<void>;
	/** Starts the private source, where the stack has one. */
	startSource(context: Context): Promise<void>;
	/** Creates and fills the sample schemas where they are missing. */
	seed(context: Context, options: { seed: number; scale: number }): Promise<"seeded" | "already there">;
	/** Ends the run of jobs that goes on, where there is one. */
	stopRun(context: Context): Promise<"stopped" | "not running">;
	stopSource(context: Context): Promise<void>;
	/** Removes all that the local stack has on disk. Everything must be stopped before. */
	purge(): Promise<void>;
	/** The folder that `purge` removes. */
	readonly home: string;
}

/** One precondition of replication. */
export interface Check {
	name: string;
	ok: boolean;
	/** What was found. */
	found: string;
	/** How to mend it; set where `ok` is false. */
	fix?: string;
	/** What works, but not at its best. */
	warning?: string;
}

export interface SourceStatus {
	state: "running" | "stopped" | "unreachable";
	/** `host:port`. */
	address: string;
	/** Server and version, for instance `MariaDB 10.11.19`; absent unless running. */
	version?: string;
	/** Rows by schema and table; absent unless running. */
	schemas?: { schema: string; tables: number; rows: number }[];
}

export interface SourceConnection {
	/** Rows as objects; integers beyond 2^53, decimals, dates and times as strings. */
	query(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
	close(): Promise<void>;
}

export interface Source {
	status(): Promise<SourceStatus>;
	/** Every precondition of replication, also those that hold. */
	checks(): Promise<Check[]>;
	connect(): Promise<SourceConnection>;
}

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
	lastError?: string;
	/** Seconds from commit at the source to the raw file of the newest change; absent before the first change. */
	latencySeconds?: number;
	/** Of these, the seconds until the change was read; only DMS tells. */
	captureSeconds?: number;
	/** Why the latency is not known, where that could not be asked. */
	latencyUnknown?: string;
	startedAt?: string;
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

export interface Replication {
	/**
	 * Brings the task to "running" from whatever state it is in, and returns when changes are followed (the full load is
	 * over) or the signal aborts.
	 * @returns what was done: started anew, resumed, or found running.
	 */
	start(context: Context, options?: ReplicationOptions): Promise<"started" | "resumed" | "already running">;
	stop(context: Context): Promise<"stopped" | "not running">;
	status(): Promise<ReplicationStatus>;
	tables(): Promise<TableStatistics[]>;
	/** Loads these tables anew (all of them where none is named), beside the running changes. */
	reload(context: Context, tables: { schema: string; table: string }[]): Promise<void>;
}

export interface ReplicationOptions {
	/** Load every table anew instead of going on from the last position. */
	reload?: boolean;
	/** What to write: Parquet files, or messages through a delivery stream. Only the local stack lets one choose here. */
	target?: "files" | "stream";
	/** Seconds after which a batch of changes is closed. DMS: cdcMaxBatchInterval, default 60. */
	batchInterval?: number;
	/** Bytes after which a batch of changes is closed. DMS: cdcMinFileSize, default 32 MB. */
	batchBytes?: number;
}

export type JobState = "succeeded" | "failed" | "quality_failed" | "stopped" | "timeout";

/** What a job says of its run; written by the job itself to `_runs/<run id>/<job>.json`. */
export interface JobReport {
	job: string;
	run_id: string;
	state: "succeeded" | "failed" | "quality_failed";
	started_at: string;
	finished_at: string;
	rows_read: number;
	rows_written: number;
	tables: { schema: string; table: string; rows_read: number; rows_written: number; note?: string }[];
	set_aside: { uri: string; reason: string }[];
	quality: { table: string; rule: string; failed_rows: number; examples: unknown[] }[];
	error?: string;
}

export interface JobRun {
	job: string;
	/** The engine's own id of the run. */
	id: string;
	state: JobState;
	seconds: number;
	/** Absent where the job died before it could write one. */
	report?: JobReport;
	/** The last lines of the job's log; set where it failed. */
	logTail?: string[];
	/** All of the log: a path, or a link. */
	log: string;
	/** Whether somebody else had started this run. */
	attached?: boolean;
	/** What the engine says of a failure. */
	fault?: { kind: string; message: string };
	/** Price by the list of us-east-1; absent where the run costs nothing. */
	cost?: { dpuHours: number; usd: number };
}

export interface Jobs {
	/**
	 * Opens what the jobs of one run need (the local engine server).
	 * @throws PipelineError naming the run that is already going, where only one may.
	 */
	open(context: Context): Promise<JobSession>;
	/** The newest run, whether it goes on or has ended. */
	lastRun(): Promise<RunSummary | undefined>;
	/**
	 * Starts jobs and returns at once, or joins the run that is going. Only where the engine can go on by itself.
	 * @throws PipelineError where some jobs wait for each other: their order is kept for all jobs only.
	 */
	startInBackground?(chosen: readonly JobDefinition[], context: Context): Promise<BackgroundRun>;
}

export interface BackgroundRun {
	/** Run id of its jobs. */
	runId: string;
	/** Whether all of it was going already. */
	joined: boolean;
	/** Commands that stop it, a line each. */
	stop: string;
}

export interface RunSummary {
	runId: string;
	running: boolean;
	/** What each job of the run reported so far. */
	jobs: { job: string; state: JobState }[];
}

export interface JobSession {
	readonly runId: string;
	/** Runs one job to its end. A job that failed is a result and no exception. */
	run(job: JobDefinition, context: Context): Promise<JobRun>;
	close(): Promise<void>;
}

export interface CatalogColumn {
	name: string;
	type: string;
}

export interface CatalogTable {
	name: string;
	format: "parquet" | "json" | "iceberg";
	location: string;
	columns: CatalogColumn[];
	partitionKeys: CatalogColumn[];
	/** What the crawl did with it. */
	change: "added" | "updated" | "unchanged";
}

export interface Crawlers {
	crawl(context: Context): Promise<{ database: string; tables: CatalogTable[]; removed: string[] }>;
	/** What is registered now; nothing where there was no crawl yet. */
	registered(): Promise<{ database: string; tables: { name: string }[] }>;
}

export interface QueryResult {
	columns: CatalogColumn[];
	/** Values ready for JSON: numbers that a double can hold, else strings; nested values as objects and arrays. */
	rows: unknown[][];
	seconds: number;
	scannedBytes?: number;
	/** Price by the list of us-east-1; absent where a query costs nothing. */
	usd?: number;
	/** Whether this is the answer to the same statement of before. */
	reused?: boolean;
}

export interface QueryOptions {
	/** Takes the answer to the same statement, where one is at most this old. Default: asks anew. */
	reuseMinutes?: number;
}

export interface Query {
	/**
	 * Runs one statement that reads.
	 * @throws PipelineError with the engine's words and the place in the SQL.
	 */
	run(sql: string, context: Context, options?: QueryOptions): Promise<QueryResult>;
}

export interface StoredObject {
	/** Key below the zone's root. */
	key: string;
	size: number;
	modified: Date;
}

export interface ObjectStore {
	/** Root with a trailing slash: `s3://bucket/` or `file:///…/`. */
	readonly uri: string;
	/** Objects below a prefix, by key; pages by itself. */
	list(prefix: string): AsyncIterable<StoredObject>;
	/** A path on this machine where the object's bytes can be read; of a Parquet file, for instance. */
	fetch(key: string): Promise<string>;
}

/** Counts of records. */
export interface SendTotals {
	/** Stored: no crash loses them. */
	accepted: number;
	/** Sent once more after a refusal; accepted or lost in the end. */
	retried: number;
	lost: number;
	/** Among the accepted: no JSON, and therefore kept apart. Only the local stack looks. */
	malformed: number;
}

export interface SendResult extends SendTotals {
	seconds: number;
}

export interface SendOptions {
	/** Records a second, at most; without it as many as the engine takes. */
	rate?: number | undefined;
	onProgress?: (totals: SendTotals) => void;
}

/** A record that came through the clickstream. */
export interface Arrival {
	record: string;
	/** Key of the object in the raw zone, or id of the shard. */
	place: string;
}

/** Whether the clickstream takes records. */
export interface StreamStatus {
	/** As Kinesis names it, for instance `ACTIVE`. */
	state: string;
	/** For instance `kds-clickstream-data, 4 shards`. */
	text: string;
}

export interface EventStream {
	/**
	 * Sends records (one JSON text each) and returns when every one is stored or lost. After an abort it stops, and
	 * counts what was sent up to there.
	 */
	send(records: Iterable<string>, context: Context, options?: SendOptions): Promise<SendResult>;
	/** Absent where there is no stream that could be down: the local buffer is a folder. */
	status?(): Promise<StreamStatus>;
	/** Records that arrive from now on, until the signal aborts. */
	tail(context: Context): AsyncIterable<Arrival>;
}

/** One thing that `warehouse apply` makes sure of. */
export interface WarehouseObject {
	kind: "schema" | "view" | "role" | "user" | "grant";
	/** Qualified where it lies in a schema, for instance `analytics.joint_tables_flat`. */
	name: string;
}

/**
 * The analysts' database over the lake: schema `lake` holds the catalog's tables, schema `analytics` one view for each file of
 * etl/sql/warehouse (one SELECT, tables written `lake.<table>`, the file's name is the view's; see `warehouseViews`).
 */
export interface Warehouse {
	/**
	 * Creates what is missing and replaces what differs; safe to repeat.
	 * @returns all that is there afterwards, in the order of its making.
	 */
	apply(context: Context): Promise<WarehouseObject[]>;
	/**
	 * Runs one statement that reads.
	 * @throws PipelineError with the engine's words and, where it names one, the place in the SQL.
	 */
	query(sql: string, context: Context): Promise<QueryResult>;
}

/** The logs of the stack's parts. */
export interface Logs {
	/** What has a log: `replication`, and the jobs; on AWS also `crawler`. */
	readonly parts: readonly string[];
	/** The last lines of the newest log of a part, oldest first, and where all of it is; no lines where there was none yet. */
	read(part: string, lines: number): Promise<{ log: string; lines: string[] }>;
}
