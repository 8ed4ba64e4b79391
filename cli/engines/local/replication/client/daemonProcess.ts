import { renameSync, writeFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { namesIn } from "../../../../common/fs.ts";
import { spawn } from "../../../../common/process/childProcess.ts";
import {
	endProcess,
	formatIdentity,
	identify,
	type ProcessIdentity,
	runningProcess,
} from "../../../../common/process/processIdentity.ts";
import { projectRoot, toolRoot } from "../../../../common/projectRoot.ts";
import type { ReplicationOptions } from "../../../port.ts";
import type { StatePaths } from "../model/statePaths.ts";
import { peekDaemonStatus } from "../service/daemonStatus.ts";

/** In the command line of every supervisor of a stack, and of no other's. */
export function supervisorMark(home: string): string {
	return `supervise --home ${home} `;
}

/** In the command line of every worker of a stack. */
function workerMark(home: string): string {
	return `work --home ${home} `;
}

/** How long a worker may take to notice that its supervisor has ended. */
const abandonedMs = 3_000;

export interface Daemon {
	pid: number;
	/** Set when it has ended. */
	exitCode?: number;
}

/** Starts the replicator in the background, and notes it so that it can be found and ended. */
export async function startDaemon(
	program: readonly string[],
	home: string,
	files: StatePaths,
	options: ReplicationOptions,
): Promise<Daemon> {
	await mkdir(files.supervisors, { recursive: true });
	const { batchInterval = 60, batchBytes = 32 * 1024 * 1024, reload = false } = options;
	const values = ["--home", home, "--batch-interval", String(batchInterval), "--batch-bytes", String(batchBytes)];
	const child = spawn(process.execPath, [...program, "supervise", ...values, ...(reload ? ["--reload"] : [])], {
		// A session of its own: Ctrl-C here does not reach it.
		detached: true,
		stdio: "ignore",
		cwd: projectRoot,
	});
	const daemon: Daemon = { pid: child.pid ?? 0 };
	// Immediately, without a turn of the event loop in which a signal could end us: `stop` must find it from its first moment on.
	if (child.pid !== undefined) {
		const temporary = `${files.pid}.${child.pid}.tmp`;
		writeFileSync(temporary, formatIdentity(identify(child.pid)));
		renameSync(temporary, join(files.supervisors, `${child.pid}`));
	}
	child.once("exit", (code) => {
		daemon.exitCode = code ?? -1;
	});
	child.once("error", () => {
		daemon.exitCode = -1;
	});
	child.unref();
	return daemon;
}

/** The supervisor whose worker does the work; the file of its process id may be damaged or removed meanwhile. */
export async function runningSupervisor(files: StatePaths, home: string): Promise<ProcessIdentity | undefined> {
	const noted = await runningProcess(files.pid, supervisorMark(home));
	if (noted !== undefined) return noted;
	const shown = await peekDaemonStatus(files.status);
	return shown && runningProcess(join(files.supervisors, `${shown.pid}`), supervisorMark(home));
}

/**
 * Ends supervisors, and a worker that does not notice the end of its own: one that hangs, or was stopped.
 * @param graceMs how long their orderly end may take.
 */
export async function endSupervisors(
	supervisors: readonly ProcessIdentity[],
	files: StatePaths,
	home: string,
	graceMs: number,
): Promise<void> {
	const worker = await runningProcess(files.worker, workerMark(home));
	await Promise.all(supervisors.map((one) => endProcess(one, supervisorMark(home), graceMs)));
	if (worker !== undefined) await endProcess(worker, workerMark(home), abandonedMs);
}

/** Every supervisor that lives, also those that were started just now. Takes off what others left. */
export async function livingSupervisors(files: StatePaths, home: string): Promise<ProcessIdentity[]> {
	const found = new Map<number, ProcessIdentity>();
	const main = await runningSupervisor(files, home);
	if (main !== undefined) found.set(main.pid, main);
	for (const name of await namesIn(files.supervisors)) {
		const path = join(files.supervisors, name);
		const one = await runningProcess(path, supervisorMark(home));
		if (one === undefined) await rm(path, { force: true });
		else found.set(one.pid, one);
	}
	return [...found.values()];
}

/** The replicator's bundle. */
export const bundledProgram: readonly string[] = [join(toolRoot, "dist", "replicator.js")];

/** The replicator's program, as Node's arguments: its bundle, or from source by tsx. */
export function replicatorProgram(): readonly string[] {
	const here = fileURLToPath(import.meta.url);
	if (here.startsWith(join(toolRoot, "dist"))) return bundledProgram;
	return ["--import", "tsx", fileURLToPath(new URL("../service/daemon.ts", import.meta.url))];
}
