import { spawn } from "node:child_process";
import { renameSync, writeFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { namesIn } from "../../../../common/fs.ts";
import { projectRoot } from "../../../../common/projectRoot.ts";
import type { ReplicationOptions } from "../../../port.ts";
import { livingPid, pidText } from "../../shared/pidFile.ts";
import type { StatePaths } from "../model/statePaths.ts";

export interface Daemon {
	pid: number;
	/** Set when it has ended. */
	exitCode?: number;
}

/** Starts the replicator in the background, and notes it so that it can be found and ended. */
export async function startDaemon(home: string, files: StatePaths, options: ReplicationOptions): Promise<Daemon> {
	await mkdir(files.supervisors, { recursive: true });
	const { batchInterval = 60, batchBytes = 32 * 1024 * 1024, reload = false } = options;
	const values = ["--home", home, "--batch-interval", String(batchInterval), "--batch-bytes", String(batchBytes)];
	const child = spawn(
		process.execPath,
		[...programArguments(), "supervise", ...values, ...(reload ? ["--reload"] : [])],
		{
			// A session of its own: Ctrl-C here does not reach it.
			detached: true,
			stdio: "ignore",
			cwd: projectRoot,
		},
	);
	const daemon: Daemon = { pid: child.pid ?? 0 };
	// At once, without a turn of the event loop in which a signal could end us: `stop` must find it from its first moment on.
	if (child.pid !== undefined) {
		const temporary = `${files.pid}.${child.pid}.tmp`;
		writeFileSync(temporary, pidText(child.pid));
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

/** Process ids of every supervisor that lives, also of those that were started just now. Takes off what others left. */
export async function livingSupervisors(files: StatePaths): Promise<number[]> {
	const pids = new Set<number>();
	const main = await livingPid(files.pid);
	if (main !== undefined) pids.add(main);
	for (const name of await namesIn(files.supervisors)) {
		const path = join(files.supervisors, name);
		const pid = await livingPid(path);
		if (pid === undefined) await rm(path, { force: true });
		else pids.add(pid);
	}
	return [...pids];
}

/** The replicator's program: its bundle, or from source by tsx. */
function programArguments(): string[] {
	const here = fileURLToPath(import.meta.url);
	if (here.startsWith(join(projectRoot, "dist"))) return [join(projectRoot, "dist", "replicator.js")];
	return ["--import", "tsx", fileURLToPath(new URL("../service/daemon.ts", import.meta.url))];
}
