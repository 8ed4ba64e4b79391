import type { Context } from "./context.ts";

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
