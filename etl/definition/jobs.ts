import { join } from "node:path";
import { lake } from "../contract/contract.ts";

/** A place in the lake. `prefix` is below the zone and ends without a slash; empty means the whole zone. */
export interface Location {
	zone: "raw" | "processed";
	prefix: string;
}

/** A job: what the Pulumi program deploys to Glue and orders in Step Functions, and what `run-etl` runs. */
export interface JobDefinition {
	/** Name in every report; on AWS prefixed with the stack's. */
	name: string;
	/** Absolute path of the script. */
	script: string;
	description: string;
	/** Jobs that must have succeeded before. */
	after: readonly string[];
	/** By the name of a job in `after` that may fail: the tables that this job then does without. */
	inputs?: Readonly<Record<string, readonly string[]>>;
	reads: readonly Location[];
	writes: readonly Location[];
	/** Arguments besides the common ones, as `--name value`. */
	arguments?: Readonly<Record<string, string>>;
	/** Arguments of this run alone. */
	forRun?: Readonly<Record<string, string>>;
	/** Whether the job can read the source itself over JDBC: `--source jdbc --jdbc_url … --jdbc_secret …`. */
	usesSource?: boolean;
}

/**
 * The jobs of every pipeline, from the raw zone to the current tables. A new one is a script in etl/jobs, its functions in
 * etl/lakehouse, its tests, one entry here, and its name in contract.json.
 * @param folder that of the scripts.
 */
export function builtInJobs(folder: string): JobDefinition[] {
	return [
		{
			name: "process-load",
			script: join(folder, "process_load.py"),
			description: "Writes full-load files of the raw zone to the change log, as operation O",
			after: [],
			reads: [{ zone: "raw", prefix: "" }],
			writes: [{ zone: "processed", prefix: "" }],
		},
		{
			name: "process-cdc",
			script: join(folder, "process_cdc.py"),
			description: "Writes change files of the raw zone to the change log, as operations I, U and D",
			after: ["process-load"],
			reads: [{ zone: "raw", prefix: "" }],
			writes: [{ zone: "processed", prefix: "" }],
		},
		{
			name: "apply-changes",
			script: join(folder, "apply_changes.py"),
			description: "Updates the current tables from the change log: each table as it is at the source now (Iceberg)",
			after: ["process-cdc"],
			reads: [{ zone: "processed", prefix: "" }],
			writes: [{ zone: "processed", prefix: lake.roots.current }],
		},
		{
			name: "build-models",
			script: join(folder, "build_models.py"),
			description:
				"Builds models: tables defined by a SELECT over current tables, change logs, clicks, tables of jobs and other models (Iceberg)",
			after: ["apply-changes"],
			reads: [
				{ zone: "processed", prefix: "" },
				{ zone: "raw", prefix: lake.clickstream },
			],
			writes: [{ zone: "processed", prefix: lake.roots.models }],
		},
	];
}

/** Jobs in waves: every job of a wave may run beside the others of it, after all of the waves before. */
export function jobWaves(list: readonly JobDefinition[]): JobDefinition[][] {
	const waves: JobDefinition[][] = [];
	const done = new Set<string>();
	let rest = [...list];
	while (rest.length > 0) {
		const names = new Set(list.map((job) => job.name));
		const wave = rest.filter((job) => job.after.every((name) => done.has(name) || !names.has(name)));
		if (wave.length === 0)
			throw new Error(`these jobs depend on each other: ${rest.map(({ name }) => name).join(", ")}`);
		waves.push(wave);
		for (const job of wave) done.add(job.name);
		rest = rest.filter((job) => !wave.includes(job));
	}
	return waves;
}
