import type { EventStream } from "./ports/eventStream.ts";
import type { Jobs } from "./ports/jobs.ts";
import type { Crawlers, ObjectStore, Query, Warehouse, WarehouseStatus } from "./ports/lake.ts";
import type { Replication } from "./ports/replication.ts";
import type { Source } from "./ports/source.ts";

export type * from "./ports/eventStream.ts";
export type * from "./ports/jobs.ts";
export type * from "./ports/lake.ts";
export type * from "./ports/replication.ts";
export type * from "./ports/source.ts";

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
	/** How the warehouse is, without waking it; undefined where the stack has none. Absent where it is but a file. */
	warehouseStatus?(): Promise<WarehouseStatus | undefined>;
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

/** The logs of the stack's parts. */
export interface Logs {
	/** What has a log: `replication`, and the jobs; on AWS also `crawler`. */
	readonly parts: readonly string[];
	/** The last lines of the newest log of a part, oldest first, and where all of it is; no lines where there was none yet. */
	read(part: string, lines: number): Promise<{ log: string; lines: string[] }>;
}
