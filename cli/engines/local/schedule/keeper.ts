import { join } from "node:path";
import { PipelineError } from "../../../common/errors.ts";
import { isRunning, type ProcessIdentity } from "../../../common/process/processIdentity.ts";
import type { LocalPaths } from "../shared/paths.ts";
import { readScheduleFile, scheduleProcess } from "../shared/scheduleFile.ts";

/** The scheduler's program, from the project's folder: its bundle, or its source. In the command line of no other process. */
export const schedulerFiles = { bundle: join("dist", "scheduler.js"), source: join("cli", "scheduler.ts") };

/** The process that keeps the schedule. */
export interface Keeper extends ProcessIdentity {
	/** It is the scheduler, which `up` starts in the background and may start again; else a command that somebody called. */
	isScheduler: boolean;
	/** Seconds of `--every`, where it was given. */
	everySeconds?: number;
	/** For instance `every 5 minutes`; empty while it is not known. */
	text: string;
}

/** Who keeps the schedule of a stack, if somebody does. */
async function keeperOf(paths: LocalPaths): Promise<Keeper | undefined> {
	const found = await scheduleProcess(paths);
	if (found === undefined) return undefined;
	const known = await readScheduleFile(paths);
	const { everySeconds, text } = known?.pid === found.pid ? known : { everySeconds: undefined, text: "" };
	return {
		...found,
		text,
		isScheduler: Object.values(schedulerFiles).some((file) => isRunning(found, file)),
		...(everySeconds !== undefined && { everySeconds }),
	};
}

/**
 * Whether a call may have the schedule, in the background or in its own process.
 * @returns who keeps it now, where somebody does whom this call may leave it to, or end.
 * @throws PipelineError where another one keeps it and is not to be ended by this call.
 */
export async function requireKeeping(
	paths: LocalPaths,
	{ everySeconds, foreground }: { everySeconds?: number | undefined; foreground: boolean },
): Promise<Keeper | undefined> {
	const keeper = await keeperOf(paths);
	// Its own id is there where `up` started it.
	if (keeper === undefined || keeper.pid === process.pid) return undefined;
	if (foreground) throw keptAlready(keeper);
	const isSame = everySeconds === undefined || everySeconds === keeper.everySeconds;
	if (!keeper.isScheduler && !isSame) throw keptByCommand(keeper);
	return keeper;
}

function keptAlready({ pid, isScheduler }: Keeper): PipelineError {
	const how = isScheduler ? "in the background" : "in the foreground of another command or as a service";
	return new PipelineError("serviceRefused", {
		what: "The schedule is already running.",
		why: `Process ${pid} runs it ${how}. A second one would start the same runs.`,
		fix: isScheduler
			? "Keep that one, change its interval with `pipeline-cli up --every <duration>`, or stop it first."
			: "Keep that one, or stop it first.",
		next: isScheduler ? "pipeline-cli down" : "pipeline-cli status",
	});
}

/** A command in the foreground stops all that belongs to it when it ends, so nobody else may end it to change a time. */
function keptByCommand({ pid, text }: Keeper): PipelineError {
	return new PipelineError("serviceRefused", {
		what: `Another command runs the schedule${text === "" ? "" : `, ${text}`}; its interval was not changed.`,
		why: `Process ${pid} runs it in the foreground: \`up --foreground\`, a systemd unit, or \`run-etl --every\`. Ending that process would also stop the source and replication.`,
		fix: "Stop it where it runs (Ctrl-C, or systemctl --user stop), then start it with the new interval.",
		next: "pipeline-cli status",
	});
}
