import { randomBytes } from "node:crypto";
import contract from "./contract.json" with { type: "json" };

/** Run id of a job that was started without one, as from the Glue console. */
export const byHandRunId = contract.runs.byHand;

const pattern = new RegExp(contract.runs.idPattern);

/** Whether a name is an id that `newRunId` made. A run that the schedule started on AWS has its execution's name. */
export function isRunId(name: string): boolean {
	return pattern.test(name);
}

/** Whether an execution of the state machine has a name that the CLI gave it, and no schedule. */
export function isOfCli(execution: string): boolean {
	return isRunId(execution) || /^\d{8}-\d{6}-all$/.test(execution);
}

/** A new run id, for instance `20261120-131502-9f3a`: sorts by time. */
export function newRunId(now = new Date()): string {
	return `${day(now)}-${time(now)}-${randomBytes(2).toString("hex")}`;
}

/** A new run id that sorts after a run's, also where the clock was set back since. @param newest the newest run's id, where there is one. */
export function runIdAfter(newest: string | undefined, now = new Date()): string {
	const [, ...parts] = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-/.exec(newest ?? "") ?? [];
	const [year = 0, month = 1, date, hours, minutes, seconds] = parts.map(Number);
	const last = parts.length === 0 ? 0 : Date.UTC(year, month - 1, date, hours, minutes, seconds);
	return newRunId(last > now.getTime() ? new Date(last + 1000) : now);
}

/** Run id of all jobs, the same for everyone who starts them in this minute: `20261120-131500-all`. */
export function runIdOfMinute(now = new Date()): string {
	return `${day(now)}-${time(now).slice(0, 4)}00-all`;
}

function day(now: Date): string {
	return now.toISOString().slice(0, 10).replaceAll("-", "");
}

function time(now: Date): string {
	return now.toISOString().slice(11, 19).replaceAll(":", "");
}
