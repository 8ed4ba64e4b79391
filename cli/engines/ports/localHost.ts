import type { Check, Context } from "./context.ts";
import type { SourceDescription } from "./description.ts";
import type { InstalledUnit, ScheduleBoard, ScheduleOptions } from "./schedule.ts";
import type { Stack } from "./stack.ts";

/** `ssl-mode` of MySQL's clients. */
export type TlsMode = "DISABLED" | "PREFERRED" | "REQUIRED" | "VERIFY_CA" | "VERIFY_IDENTITY";

/** A MySQL or MariaDB server of the user's own, as a URL names it. */
export interface ExternalServer {
	host: string;
	port: number;
	/** Path of a socket of this machine, in place of host and port. */
	socket?: string;
	user: string;
	/** Only where the URL may hold one. */
	password?: string;
	tls: TlsMode;
	/** PEM of the authorities that its certificate is verified by; those that everybody trusts where there is none. */
	ca?: string;
	/** The file that it was read from. */
	caFile?: string;
	/** The schema in the URL's path, where it may have one. */
	schema?: string;
}

export interface ExternalOptions {
	/** Folder of the pipeline's definition; default: the stack's, at first the sample shop's. */
	pipeline?: string | undefined;
	server: ExternalServer;
	/** Default: those of the settings, else those of the definition; that of the URL where nobody chose a definition. */
	schemas?: readonly string[] | undefined;
	/** The command that was called, for what to run after a failure; default: `source up`. */
	command?: "up" | "source up" | undefined;
	/** Asks for the password; called where neither the URL nor the environment nor the settings have it. */
	askPassword: () => Promise<string>;
}

export interface DescribeOptions extends Pick<ExternalOptions, "server" | "schemas" | "askPassword"> {
	/** The command that asks, for what to run after a failure. */
	command: string;
}

export interface PrivateOptions {
	/** Folder of the pipeline's definition; default: the stack's, at first the sample shop's. */
	pipeline?: string | undefined;
	/** Of the loopback; the default is the one of the last time, at first a free one. */
	port?: number | undefined;
	schemas?: string[] | undefined;
}

export interface PrivateSource {
	action: "initialised" | "started" | "already running";
	/** `host:port`. */
	address: string;
}

export interface SeedOptions {
	seed: number;
	scale: number;
	/** Drops the sample tables first. */
	reset?: boolean;
	/** The user agreed that a server of their own is written to. */
	yes?: boolean;
}

export interface SeedResult {
	schemas: { schema: string; tables: number; rows: number }[];
	seconds: number;
}

export interface SetupResult {
	python: { binary: string; action: "installed" | "ready" };
	/** Absent where the source is a server of the user's own. */
	mariaDb?: { server: string; version: string };
	seconds: number;
}

/** What the CLI itself makes and removes: only the local stack has it; on AWS Pulumi does. */
export interface LocalHost {
	/** Of the stack: `local`, or `local-<name>`. */
	readonly name: string;
	/** The folder that `purge` removes. */
	readonly home: string;
	stack(): Promise<Stack>;
	/** Names of all local stacks that exist. */
	stacks(): Promise<string[]>;
	/**
	 * For what only a stack that was made has something to do with: stop, fill, remove.
	 * @throws NoSuchStack naming those that exist; never for `local`, of which there may be nothing yet.
	 */
	requireStack(): Promise<void>;
	/**
	 * Installs what is missing; quick where all is there.
	 * @param options.dev also what the Python tests need.
	 */
	setup(context: Context, options?: { dev?: boolean }): Promise<SetupResult>;
	/** Every precondition of a local stack, also where there is none yet. */
	checks(): Promise<Check[]>;
	/** Installs what the notebook needs, where it is missing. @returns the Python that has it. */
	setupNotebook(context: Context): Promise<string>;
	/** Folder of the definition that the stack runs; undefined where there is no stack yet. */
	definitionFolder(): Promise<string | undefined>;
	/** A name for a stack of its own for a pipeline, which no local stack has yet. */
	freeStack(pipeline: string): Promise<string>;
	/** Whether the stack's source is a server of the user's own. */
	isSourceExternal(): Promise<boolean>;
	/**
	 * The server that is the user's choice: of `url`, then PIPELINE_SOURCE_URL, then the one that the stack already uses.
	 * @param caFile PEM of the authorities that its certificate is verified by.
	 * @returns undefined for the private one.
	 */
	chosenServer(url: string | undefined, caFile?: string): Promise<ExternalServer | undefined>;
	startPrivateSource(context: Context, options?: PrivateOptions): Promise<PrivateSource>;
	/**
	 * The server of `--source-url` or PIPELINE_SOURCE_URL, whose path may name a schema; undefined where neither is set.
	 * @param command that takes it, for a refusal.
	 */
	namedServer(url: string | undefined, command: string, caFile?: string): Promise<ExternalServer | undefined>;
	/** What a server has. Writes nothing, there or here. */
	describeServer(context: Context, options: DescribeOptions): Promise<SourceDescription>;
	/** Makes a server of the user's own the source, after every precondition of replication was found to hold. */
	useServer(context: Context, options: ExternalOptions): Promise<{ address: string; checks: Check[] }>;
	stopSource(context: Context): Promise<"stopped" | "not running" | "not ours">;
	/** Whether the sample schemas are there and whole. */
	hasSamples(): Promise<boolean>;
	/** Creates and fills the sample schemas. */
	seed(context: Context, options: SeedOptions): Promise<SeedResult>;
	/**
	 * Whether a call may keep the schedule, or have it kept in the background: asked before anything is started.
	 * @throws PipelineError naming the process that keeps it and is not to be ended from here.
	 */
	requireSchedule(options: ScheduleOptions & { foreground: boolean }): Promise<void>;
	/**
	 * Keeps the schedule in the background. One that runs stays, unless another time is asked for.
	 * @throws PipelineError where its process ended, with what it said, or where a command in the foreground keeps it.
	 */
	startSchedule(context: Context, options: ScheduleOptions): Promise<"started" | "restarted" | "already running">;
	stopSchedule(context: Context): Promise<"stopped" | "not running">;
	/**
	 * Does the schedule's work in this process: one process a stack may.
	 * @throws PipelineError naming the process that does it already.
	 */
	keepSchedule(
		options: ScheduleOptions,
		context: Context,
		work: (board: ScheduleBoard) => Promise<void>,
	): Promise<void>;
	/** Writes a unit of systemd that calls `up --foreground`, where this machine has systemd. */
	installUnit(options: ScheduleOptions): Promise<InstalledUnit>;
	/** @returns the file of the unit that was removed; undefined where there was none. */
	removeUnit(): Promise<string | undefined>;
	/** Ends the run of jobs that is in progress, where there is one. */
	stopRun(context: Context): Promise<"stopped" | "not running">;
	/** Removes all that the local stack has on disk. Everything must be stopped before. */
	purge(): Promise<void>;
}
