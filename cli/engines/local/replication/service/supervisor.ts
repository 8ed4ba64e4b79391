import type { ChildProcess } from "node:child_process";
import { rm } from "node:fs/promises";
import { PipelineError } from "../../../../common/errors.ts";
import { delayMs, pause, type Rhythm } from "../../../../common/poll.ts";
import type { LocalPaths } from "../../shared/paths.ts";
import { readCheckpoint } from "../model/checkpoint.ts";
import { RotatingLog } from "../model/log.ts";
import { formatPosition } from "../model/position.ts";
import { type StatePaths, statePaths } from "../model/statePaths.ts";
import { Crashes, errorIn } from "./crashes.ts";
import { peekDaemonStatus, writeDaemonStatus } from "./daemonStatus.ts";
import { StatusBoard } from "./statusBoard.ts";
import { type WorkerMessage, workerExit } from "./workerExit.ts";

export interface SupervisorOptions {
	limits: { intervalMs: number; bytes: number };
	reload: boolean;
}

const usualBackoff: Rhythm = { firstMs: 200, factor: 2, mostMs: 30_000, jitter: 0.5 };
/**
 * Runs a worker and starts it again when it dies, until it stops or fails for good.
 * @param start starts a worker process with an IPC channel, at whose end the worker ends, too.
 * @param backoff how long it waits before it starts the next one.
 * @returns the exit code.
 */
export async function supervise(
	paths: LocalPaths,
	options: SupervisorOptions,
	stop: AbortSignal,
	start: (options: { reload: boolean; restarted: boolean; startedAt: string }) => ChildProcess,
	backoff = usualBackoff,
): Promise<number> {
	const files = statePaths(paths);
	const log = new RotatingLog(files.log);
	const startedAt = new Date().toISOString();
	let { reload } = options;
	let restarted = false;
	const crashes = new Crashes();
	for (;;) {
		const bornAt = performance.now();
		const worker = start({ reload, restarted, startedAt });
		let stderr = "";
		worker.stderr?.on("data", (chunk: Buffer) => {
			stderr = (stderr + chunk.toString("utf8")).slice(-4000);
		});
		worker.on("message", (message: WorkerMessage) => {
			if (message !== "following") return;
			reload = false;
			restarted = true;
		});
		const code = await exitOf(worker, stop);
		if (code === workerExit.locked) return code;
		if (code === workerExit.stopped || code === workerExit.failed || stop.aborted) {
			await rm(files.pid, { force: true });
			return code === workerExit.failed ? code : workerExit.stopped;
		}
		const place = await placeOf(files);
		const isLast = crashes.add(place, code, performance.now() - bornAt);
		const error = errorIn(stderr);
		log.error(`the worker ended unexpectedly (${code}) ${place}${error === "" ? "" : `: ${error}`}`);
		if (stderr.trim() !== "") log.error(lastLines(stderr));
		if (isLast) {
			const board = new StatusBoard(files.status, { supervisorPid: process.pid, startedAt, limits: options.limits });
			board.keep((await peekDaemonStatus(files.status))?.tables ?? []);
			board.fail(gaveUp(crashes.times, place, error === "" ? `It ended with ${code}` : error, files.log));
			await rm(files.pid, { force: true });
			return workerExit.failed;
		}
		await showCrash(files.status, `${place}${error === "" ? ` (${code})` : `: ${error}`}`);
		await pause(delayMs(backoff, crashes.times), stop);
		if (stop.aborted) {
			await rm(files.pid, { force: true });
			return workerExit.stopped;
		}
	}
}

/** Where the next worker begins. */
async function placeOf(files: StatePaths): Promise<string> {
	const checkpoint = await readCheckpoint(files.checkpoint).catch((error: unknown) => {
		if (error instanceof PipelineError) return undefined;
		throw error;
	});
	return checkpoint === undefined
		? "before the first full load was complete"
		: `after ${formatPosition(checkpoint.position)}`;
}

/** Until the next worker has its say, the status must not show the last one's. */
async function showCrash(path: string, how: string): Promise<void> {
	const status = await peekDaemonStatus(path);
	if (status?.pid !== process.pid) return;
	const lastError = `The replicator crashed ${how}. It is being restarted.`;
	const updatedAt = new Date().toISOString();
	writeDaemonStatus(path, { ...status, state: "starting", following: false, lastError, updatedAt });
}

/** @returns the exit code or the signal's name. A stop is passed on to the worker. */
function exitOf(worker: ChildProcess, stop: AbortSignal): Promise<number | string> {
	return new Promise((resolve) => {
		const onStop = (): void => {
			if (worker.connected) worker.send("stop");
		};
		if (stop.aborted) onStop();
		stop.addEventListener("abort", onStop);
		worker.once("exit", (code, signal) => {
			stop.removeEventListener("abort", onStop);
			resolve(code ?? signal ?? "unknown");
		});
	});
}

function lastLines(stderr: string): string {
	return stderr.trim().split("\n").slice(-12).join(" | ");
}

function gaveUp(times: number, place: string, why: string, log: string): PipelineError {
	return new PipelineError("failure", {
		what: `The replicator crashed ${times} times ${place}.`,
		why: `${why.replace(/\.$/, "")}.`,
		fix: `Check its log (${log}) and fix the cause, then run \`pipeline-cli replication start\`; no changes are lost. If it crashes at the same position again, reload all tables, which continues after it.`,
		next: "pipeline-cli replication start --reload",
	});
}
