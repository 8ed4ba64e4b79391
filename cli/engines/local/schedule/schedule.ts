import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Outcome, PipelineError } from "../../../common/errors.ts";
import { poll } from "../../../common/poll.ts";
import { spawn } from "../../../common/process/childProcess.ts";
import { endProcess, identify, type ProcessIdentity } from "../../../common/process/processIdentity.ts";
import { projectRoot, toolRoot } from "../../../common/projectRoot.ts";
import type { Context, ScheduleBoard, ScheduleOptions } from "../../port.ts";
import { withLockFile } from "../shared/lockFile.ts";
import type { LocalPaths } from "../shared/paths.ts";
import {
	changeScheduleFile,
	noteScheduleProcess,
	readScheduleFile,
	scheduleFiles,
	scheduleProcess,
} from "../shared/scheduleFile.ts";
import { requireKeeping, schedulerFiles } from "./keeper.ts";

/** How long its end may take: jobs that run are ended first, then, in the foreground, replication and source. */
const stopGraceMs = 120_000;

/** The scheduler's program, as Node's arguments: its bundle, or from source by tsx. */
export function schedulerProgram(): readonly string[] {
	const here = fileURLToPath(import.meta.url);
	if (here.startsWith(join(toolRoot, "dist"))) return [join(toolRoot, schedulerFiles.bundle)];
	return ["--import", "tsx", join(toolRoot, schedulerFiles.source)];
}

type Started = "started" | "restarted" | "already running";

/**
 * One that is called meanwhile waits: only when a scheduler has begun it can be known at which time it runs.
 * @param program of the scheduler, as Node's arguments, with the stack that it keeps.
 */
export async function startSchedule(
	context: Context,
	options: ScheduleOptions,
	program: readonly string[],
	paths: LocalPaths,
): Promise<Started> {
	const { starting } = scheduleFiles(paths);
	const wait = () => undefined;
	return withLockFile(starting, context.signal, wait, () => startAlone(context, options, program, paths));
}

async function startAlone(
	context: Context,
	{ everySeconds }: ScheduleOptions,
	program: readonly string[],
	paths: LocalPaths,
): Promise<Started> {
	const before = await requireKeeping(paths, { everySeconds, foreground: false });
	if (before !== undefined) {
		if (everySeconds === undefined || before.everySeconds === everySeconds) return "already running";
		await end(before, context, paths);
	}
	const files = scheduleFiles(paths);
	await mkdir(paths.schedule, { recursive: true });
	const started = await withLockFile(
		files.taking,
		context.signal,
		() => undefined,
		async () => {
			if ((await scheduleProcess(paths)) !== undefined) return undefined;
			const every = everySeconds === undefined ? [] : ["--every", `${everySeconds}`];
			const child = spawn(process.execPath, [...program, ...every], {
				// A session of its own: Ctrl-C here does not reach it.
				detached: true,
				stdio: "ignore",
				cwd: projectRoot,
			});
			const ended: { how?: string } = {};
			child.once("exit", (code, signal) => {
				ended.how = `${signal ?? `exit code ${code}`}`;
			});
			child.once("error", (error) => {
				ended.how = error.message;
			});
			if (child.pid !== undefined) await noteScheduleProcess(paths, identify(child.pid));
			child.unref();
			return { pid: child.pid, ended };
		},
	);
	if (started === undefined) return "already running";
	await poll({ firstMs: 50, signal: context.signal }, async () => {
		if ((await readScheduleFile(paths))?.pid === started.pid) return true;
		if (started.ended.how !== undefined) throw didNotStart(started.ended.how, files.log);
		return undefined;
	});
	return before === undefined ? "started" : "restarted";
}

export async function stopSchedule(context: Context, paths: LocalPaths): Promise<"stopped" | "not running"> {
	const keeper = await scheduleProcess(paths);
	// One that died counts as stopped from now on.
	if (keeper === undefined) await rm(scheduleFiles(paths).pid, { force: true });
	// `run-etl --every` and `up --foreground` stop themselves.
	if (keeper === undefined || keeper.pid === process.pid) return "not running";
	await end(keeper, context, paths);
	return "stopped";
}

async function end(keeper: ProcessIdentity, context: Context, paths: LocalPaths): Promise<void> {
	await context.reporter.task("Stop the schedule", () => endProcess(keeper, "", stopGraceMs));
	await rm(scheduleFiles(paths).pid, { force: true });
}

export async function keepSchedule(
	{ everySeconds }: ScheduleOptions,
	context: Context,
	work: (board: ScheduleBoard) => Promise<void>,
	paths: LocalPaths,
): Promise<void> {
	const files = scheduleFiles(paths);
	await mkdir(paths.schedule, { recursive: true });
	await withLockFile(
		files.taking,
		context.signal,
		() => undefined,
		async () => {
			await requireKeeping(paths, { foreground: true });
			await noteScheduleProcess(paths, identify());
		},
	);
	try {
		await work({
			show: ({ nextRun, ...rest }) =>
				changeScheduleFile(paths, context.signal, (before) => ({
					version: 1,
					pid: process.pid,
					...(everySeconds !== undefined && { everySeconds }),
					text: before?.text ?? "",
					// Of the file, not of memory: a purge removes it from there.
					...(before?.last !== undefined && { last: before.last }),
					...rest,
					...(nextRun !== undefined && { nextRun }),
				})),
		});
	} finally {
		await rm(files.pid, { force: true });
	}
}

function didNotStart(how: string, log: string): PipelineError {
	const outcome: Outcome = "failure";
	return new PipelineError(outcome, {
		what: "The schedule did not start.",
		why: `Its process ended: ${how}.`,
		fix: `Check its log, ${log}, then start it again.`,
		next: "pipeline-cli up",
	});
}
