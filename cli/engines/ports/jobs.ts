import type { JobReport } from "../../../etl/contract/report.ts";
import type { JobDefinition } from "../../../etl/definition/jobs.ts";
import type { Context } from "./context.ts";
import type { ScheduleStatus } from "./schedule.ts";

export type { JobReport };

export type JobState = "succeeded" | "failed" | "quality_failed" | "stopped" | "timeout";

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
	 * Opens what the jobs of one run need (the local engine server). Waits for the end of a run that the schedule started.
	 * @param options.scheduled the schedule asks, which waits for nobody.
	 * @param options.chosen somebody named its jobs, and expects them to find something; nothing but time depends on it.
	 * @throws RunGoing naming the run that is already going, where only one may.
	 */
	open(context: Context, options?: { scheduled?: boolean; chosen?: boolean }): Promise<JobSession>;
	/** Begins to start what a run will need that comes soon and has work; absent where nothing is to be started. */
	prepare?(): Promise<void>;
	/**
	 * Does something while no run is going, and none can begin where the engine can keep it from that.
	 * @param work may let runs begin before its end, by the function that it gets, where that is needed.
	 * @throws RunGoing naming the run that is going.
	 */
	alone<T>(context: Context, work: (free: () => Promise<void>) => Promise<T>): Promise<T>;
	/**
	 * Removes what former runs reported, logged and spilled where that is ours: it quotes values. Called within `alone`, when all that
	 * a run could have read is removed.
	 * @throws RunGoing naming a run that began meanwhile, where the engine could not keep it from that.
	 */
	removeRuns(context: Context): Promise<void>;
	/** The newest run, whether it continues or has ended. */
	lastRun(): Promise<RunSummary | undefined>;
	/** The newest runs with what their jobs reported, newest first. @param count at most so many. */
	runs(count: number): Promise<RunHistory[]>;
	/** What starts runs by itself; undefined where nothing does. */
	schedule(): Promise<ScheduleStatus | undefined>;
	/**
	 * Starts jobs and returns immediately, or joins the run that is going. Only where the engine can go on by itself.
	 * @throws PipelineError where some jobs wait for each other: their order is kept for all jobs only.
	 */
	startInBackground?(chosen: readonly JobDefinition[], context: Context): Promise<BackgroundRun>;
}

export interface BackgroundRun {
	/** Run id of its jobs. */
	runId: string;
	/** Whether all of it was running already. */
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

export interface RunHistory {
	runId: string;
	running: boolean;
	/** Jobs that have ended; `why` where a report is missing or cannot be read. */
	jobs: { job: string; state: JobState; report?: JobReport; why?: string }[];
}

export interface JobSession {
	readonly runId: string;
	/**
	 * Runs one job to its end. A job that failed is a result and no exception.
	 * @param update called with the state of a run in the cloud, as often as it is looked at.
	 */
	run(job: JobDefinition, context: Context, update?: (detail: string) => void): Promise<JobRun>;
	close(): Promise<void>;
}
