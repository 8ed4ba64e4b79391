import { type ErrorText, PipelineError } from "../../../../common/errors.ts";
import { counted } from "../../../../common/grouped.ts";
import type { ReplicationStatus } from "../../../port.ts";
import { namesOf, waitingTables } from "../../../shared/tablesInError.ts";
import { beatMs, type DaemonStatus } from "../service/daemonStatus.ts";
import { silenceMs } from "../service/statusBoard.ts";

/** What the replicator shows of itself, as a status of DMS. */
export function replicationStatus(shown: DaemonStatus, log: string): ReplicationStatus {
	const count = (...states: string[]): number => shown.tables.filter((table) => states.includes(table.state)).length;
	const errored = count("Table error");
	const waiting = waitingTables(shown.tables);
	const tables = (number: number, what: string, whatOfMany: string): string => {
		return number === 0 ? "" : `, ${number === 1 ? `1 table ${what}` : `${number} tables ${whatOfMany}`}`;
	};
	return {
		state: shown.state,
		text: `${stateText(shown)}${tables(errored, "with errors", "with errors")}${tables(waiting.length, "waits", "wait")}`,
		fullLoadProgress: shown.fullLoadProgress,
		tables: {
			loaded: count("Table completed"),
			loading: count("Full load", "Table is being reloaded"),
			queued: count("Before load"),
			errored,
		},
		...(shown.stopReason === undefined ? {} : { stopReason: shown.stopReason }),
		...(shown.lastError === undefined ? {} : { lastError: shown.lastError }),
		...(shown.failure === undefined ? {} : { problem: problemOf(shown.failure) }),
		...(shown.latencySeconds === undefined ? {} : { latencySeconds: shown.latencySeconds }),
		...(waiting.length === 0 ? {} : { waiting: waiting.map((one) => `${namesOf([one])}: ${one.lastError}`) }),
		...(shown.cascading === undefined ? {} : { cascading: shown.cascading }),
		startedAt: shown.startedAt,
		...(shown.withheld === undefined ? {} : { withheld: shown.withheld }),
		log,
	};
}

function problemOf({ outcome: _, ...problem }: NonNullable<DaemonStatus["failure"]>): ErrorText {
	return problem;
}

/** The states' texts, as the DMS console words them. */
function stateText(status: DaemonStatus): string {
	if (status.state === "running")
		return status.fullLoadProgress === 100 ? "Load complete, replication ongoing" : "Full load";
	return { starting: "Starting", stopping: "Stopping", stopped: "Stopped", failed: "Failed" }[status.state];
}

export function progressText(status: DaemonStatus | undefined): string {
	if (status === undefined) return "starting";
	if (!status.following && status.lastError !== undefined) return `retrying: ${status.lastError}`;
	const rows = status.tables.reduce((sum, table) => sum + table.fullLoadRows, 0);
	const done = status.tables.filter(
		(table) => table.state === "Table completed" || table.state === "Table error",
	).length;
	return status.tables.length === 0
		? stateText(status).toLowerCase()
		: `${done} of ${status.tables.length} tables, ${counted(rows, "row")}`;
}

/** Why a replicator that should follow changes does not. */
export function failureOf(status: DaemonStatus | undefined, log: string): PipelineError {
	const failure = status?.failure;
	if (failure !== undefined) return new PipelineError(failure.outcome, failure);
	return new PipelineError("failure", {
		what:
			status?.state === "stopped"
				? "Replication was stopped."
				: "The replicator ended before it began to replicate changes.",
		fix: `Check its log, ${log}, then start it again.`,
		next: "pipeline-cli replication start",
	});
}

/** What a start ends with whose replicator has shown nothing. */
export function neverBegan(waitedMs: number): PipelineError {
	return new PipelineError("failure", {
		what: `The replicator was ended because it did not begin to work within ${waitedMs / 1000} seconds.`,
		why: "The machine may have too few free processes or threads, or too little memory.",
		fix: "Check the limits (ulimit -a) and the free memory, then start it again; no changes are lost.",
		next: "pipeline-cli replication start",
	});
}

/** Whether nobody has written a status for so long that nobody does any more, though its process is there. */
export function isSilent({ state, updatedAt, beatMs: beat }: DaemonStatus): boolean {
	// By the time of day a machine that wakes up, or whose clock is set forward, has been silent for long.
	const ageMs = beat === undefined ? Date.now() - Date.parse(updatedAt) : beatMs() - beat;
	return state !== "stopped" && state !== "failed" && ageMs > silenceMs;
}

/** What is shown of a replicator that is there and shows no sign of life. */
export function hangs(status: DaemonStatus): DaemonStatus {
	const what = `The replicator has not reported its status since ${status.updatedAt}.`;
	return {
		...status,
		state: "failed",
		following: false,
		lastError: what,
		failure: {
			outcome: "failure",
			what,
			why: "Its process exists, but was paused by a signal or hangs.",
			fix: "Start it again. The old process is ended first, and no changes are lost.",
			next: "pipeline-cli replication start",
		},
	};
}

/** What is shown of a replicator whose process is gone although it had not said that it would end. */
export function endedWithoutWord(status: DaemonStatus): DaemonStatus {
	const what = "The replicator exited silently.";
	return {
		...status,
		state: "failed",
		following: false,
		stopReason: "Stop Reason FATAL_ERROR",
		lastError: what,
		failure: {
			outcome: "failure",
			what,
			why: "Its process no longer exists; it may have been killed.",
			fix: "Start it again. It continues from its checkpoint, and no changes are lost.",
			next: "pipeline-cli replication start",
		},
	};
}
