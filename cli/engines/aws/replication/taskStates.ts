import type { ReplicationTask, StartReplicationTaskTypeValue } from "@aws-sdk/client-database-migration-service";
import { PipelineError } from "../../../common/errors.ts";
import type { ReplicationState, ReplicationStatus } from "../../port.ts";

/**
 * States of a task, and what each means for someone who wants it to run: `start` it, `resume` it, `wait` for another state, follow
 * it (`going`), or give up (`dead`).
 * https://docs.aws.amazon.com/dms/latest/APIReference/API_ReplicationTask.html
 */
export const taskStates: Readonly<Record<ReplicationState, "start" | "resume" | "wait" | "going" | "dead">> = {
	creating: "wait",
	ready: "start",
	starting: "going",
	running: "going",
	stopping: "wait",
	stopped: "resume",
	failed: "resume",
	modifying: "wait",
	testing: "wait",
	deleting: "dead",
	moving: "wait",
	"failed-move": "dead",
};

/** Why a task stopped: in plain words, and whether somebody wanted it. */
export const stopReasons: Readonly<Record<string, { text: string; wanted: boolean }>> = {
	NORMAL: { text: "stopped by a user or as configured", wanted: true },
	RECOVERABLE_ERROR: { text: "an error that persisted after DMS retried", wanted: false },
	FATAL_ERROR: { text: "a fatal error", wanted: false },
	FULL_LOAD_ONLY_FINISHED: {
		text: "the full load is complete, and the task is configured for a full load only",
		wanted: true,
	},
	STOPPED_AFTER_FULL_LOAD: { text: "the full load is complete; the task is configured to stop there", wanted: true },
	STOPPED_AFTER_CACHED_EVENTS: {
		text: "the full load and the changes made during it are complete; the task is configured to stop there",
		wanted: true,
	},
	EXPRESS_LICENSE_LIMITS_REACHED: { text: "a licence limit was reached", wanted: false },
	STOPPED_AFTER_DDL_APPLY: { text: "the task is configured to stop after a schema change", wanted: true },
	STOPPED_DUE_TO_LOW_MEMORY: { text: "the replication instance ran out of memory", wanted: false },
	STOPPED_DUE_TO_LOW_DISK: { text: "the replication instance ran out of disk space", wanted: false },
	STOPPED_AT_SERVER_TIME: { text: "the configured server time was reached", wanted: true },
	STOPPED_AT_COMMIT_TIME: { text: "the configured commit time was reached", wanted: true },
	RECONFIGURATION_RESTART: { text: "the task was reconfigured", wanted: true },
	RECYCLE_TASK: { text: "DMS restarts the task", wanted: true },
};

/** @throws PipelineError naming a state that is not one of DMS's documented ones. */
export function taskState(task: ReplicationTask): ReplicationState {
	const state = task.Status ?? "none";
	if (isState(state)) return state;
	throw new PipelineError("failure", {
		what: `DMS reports an unknown state of the replication task: ${state}.`,
		fix: "Check the task in the DMS console. A newer pipeline-cli may recognise this state.",
		next: "pipeline-cli replication status",
	});
}

function isState(state: string): state is ReplicationState {
	return Object.hasOwn(taskStates, state);
}

/** `Stop Reason FATAL_ERROR` without its first words; undefined where it never stopped. */
export function stopReason(task: ReplicationTask): string | undefined {
	const reason = task.StopReason?.replace(/^Stop Reason\s+/i, "").trim();
	return reason === "" ? undefined : reason;
}

/** The stop reason in plain words, beside DMS's own. */
export function describeStopReason(reason: string): string {
	return `${reason}: ${stopReasons[reason]?.text ?? "an unknown reason"}`;
}

export function taskStatus(task: ReplicationTask, log: string): ReplicationStatus {
	const state = taskState(task);
	const stats = task.ReplicationTaskStats ?? {};
	const progress = stats.FullLoadProgressPercent ?? 0;
	const reason = stopReason(task);
	const errored = stats.TablesErrored ?? 0;
	return {
		state,
		text: statusText(state, progress, errored),
		fullLoadProgress: progress,
		tables: {
			loaded: stats.TablesLoaded ?? 0,
			loading: stats.TablesLoading ?? 0,
			queued: stats.TablesQueued ?? 0,
			errored,
		},
		...(reason === undefined || taskStates[state] === "going" ? {} : { stopReason: describeStopReason(reason) }),
		...(state === "stopped" && reason !== undefined && stopReasons[reason]?.wanted !== true ? { unwanted: true } : {}),
		...(task.LastFailureMessage === undefined || task.LastFailureMessage === ""
			? {}
			: { lastError: task.LastFailureMessage }),
		...(task.ReplicationTaskStartDate === undefined ? {} : { startedAt: task.ReplicationTaskStartDate.toISOString() }),
		log,
	};
}

/**
 * Whether nothing is left to load. The progress counts tables that ended: DMS does not say whether it gets to 100 where some ended with
 * an error.
 */
export function isLoaded({ state, fullLoadProgress, tables }: ReplicationStatus): boolean {
	if (state !== "running" || tables.loading + tables.queued > 0) return false;
	return fullLoadProgress >= 100 || tables.errored > 0;
}

/** As the DMS console words it. */
function statusText(state: ReplicationState, progress: number, errored: number): string {
	const errors = errored === 0 ? "" : `, ${errored} tables with errors`;
	if (state !== "running") return `${state[0]?.toUpperCase()}${state.slice(1)}${errors}`;
	return `${progress >= 100 ? "Load complete, replication ongoing" : "Full load"}${errors}`;
}

/**
 * `start-replication` is for the first start only; later a task continues, or reloads everything.
 * https://docs.aws.amazon.com/dms/latest/APIReference/API_StartReplicationTask.html
 */
export function startType(task: ReplicationTask, reload: boolean): StartReplicationTaskTypeValue {
	const neverStarted = taskState(task) === "ready" || task.ReplicationTaskStartDate === undefined;
	if (neverStarted) return "start-replication";
	return reload ? "reload-target" : "resume-processing";
}

/** Whether two looks at a task show the same state of the same start. */
export function unchanged(before: ReplicationTask, now: ReplicationTask): boolean {
	return (
		before.Status === now.Status &&
		before.StopReason === now.StopReason &&
		before.ReplicationTaskStartDate?.getTime() === now.ReplicationTaskStartDate?.getTime()
	);
}

/**
 * Since when a task that does not go sends nothing. DMS keeps the date of an earlier stop while a task runs, and where it failed by
 * itself: then nobody knows since when, and it is now.
 */
export function stoppedAt({ ReplicationTaskStartDate: started, ReplicationTaskStats: stats }: ReplicationTask): Date {
	if (started === undefined) return new Date(0);
	const stopped = stats?.StopDate;
	const begun = Math.max(started.getTime(), stats?.StartDate?.getTime() ?? 0);
	return stopped !== undefined && stopped.getTime() >= begun ? stopped : new Date();
}
