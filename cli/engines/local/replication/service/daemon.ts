import { writeSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { logIsAskedFor, logTo } from "../../../../common/log.ts";
import { fork } from "../../../../common/process/childProcess.ts";
import { formatIdentity, identify, isRunning, parseIdentity } from "../../../../common/process/processIdentity.ts";
import { whenMoved } from "../../shared/folderId.ts";
import { localPaths } from "../../shared/paths.ts";
import { RotatingLog } from "../model/log.ts";
import { statePaths } from "../model/statePaths.ts";
import type { WorkerMessage } from "./workerExit.ts";

/**
 * The replicator's own program. `supervise` runs in the background and keeps a `work` process going; the two are joined by an
 * IPC channel, so that neither outlives the other for long. Arguments hold no secret.
 */
const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		home: { type: "string" },
		"batch-interval": { type: "string" },
		"batch-bytes": { type: "string" },
		reload: { type: "boolean", default: false },
		restarted: { type: "boolean", default: false },
		"started-at": { type: "string" },
		supervisor: { type: "string" },
	},
});
const paths = localPaths(values.home);
const limits = { intervalMs: Number(values["batch-interval"]) * 1000, bytes: Number(values["batch-bytes"]) };
const common = [
	"--home",
	paths.home,
	"--batch-interval",
	`${limits.intervalMs / 1000}`,
	"--batch-bytes",
	`${limits.bytes}`,
];
const log = new RotatingLog(statePaths(paths).log);
if (logIsAskedFor()) logTo((line) => log.debug(line));
const stop = new AbortController();
process.on("SIGTERM", () => stop.abort());
process.on("SIGINT", () => stop.abort());

if (positionals[0] === "work") {
	process.on("message", (message) => {
		if (message === "stop") stop.abort();
	});
	// Without its supervisor a worker would be beyond anyone's reach. What it had not published is read again.
	const abandoned: () => never = () => process.exit(1);
	process.on("disconnect", abandoned);
	// It may have died since it started us, and another process have become our parent.
	const supervisor = parseIdentity(values.supervisor ?? "");
	if (supervisor === undefined || supervisor.pid !== process.ppid || !isRunning(supervisor) || !process.connected) {
		abandoned();
	}
	const options = {
		limits,
		reload: values.reload,
		restarted: values.restarted,
		supervisor,
		startedAt: values["started-at"] ?? new Date().toISOString(),
	};
	const notify = (message: WorkerMessage): void => void process.send?.(message);
	// Each of the two loads what it is made of and nothing of the other: the supervisor waits, at next to no memory.
	const { work } = await import("./worker.ts");
	// A thread that hangs would keep any other end from coming; with the process go its connections to the source.
	const onStall = (why: string): void => {
		log.error(why);
		writeSync(2, `Error: ${why}\n`);
		process.kill(process.pid, "SIGKILL");
	};
	process.exitCode = await work(paths, options, stop.signal, notify, onStall);
	process.off("disconnect", abandoned);
	process.disconnect?.();
} else {
	// With it its worker ends, too.
	whenMoved(paths.home, () => process.exit(1));
	const { supervise } = await import("./supervisor.ts");
	process.exitCode = await supervise(paths, { limits, reload: values.reload }, stop.signal, (worker) =>
		fork(
			process.argv[1] as string,
			[
				"work",
				...common,
				"--started-at",
				worker.startedAt,
				"--supervisor",
				formatIdentity(identify()).trim(),
				...(worker.reload ? ["--reload"] : []),
				...(worker.restarted ? ["--restarted"] : []),
			],
			{ stdio: ["ignore", "ignore", "pipe", "ipc"] },
		),
	);
	await rm(join(statePaths(paths).supervisors, `${process.pid}`), { force: true });
}
