import { spawn } from "node:child_process";
import { renameSync, writeFileSync } from "node:fs";
import { access, mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { cancelled, PipelineError } from "../../../errors.ts";
import { projectRoot } from "../../../projectRoot.ts";
import type { Context, Replication, ReplicationOptions, ReplicationStatus, TableStatistics } from "../../port.ts";
import type { LocalPaths } from "../paths.ts";
import { endProcess } from "../processes.ts";
import { readSettings, sourceAccess, writeSettings } from "../settings.ts";
import { readCheckpoint } from "./checkpoint.ts";
import { type DaemonStatus, readDaemonStatus } from "./daemonStatus.ts";
import { livingPid, pidText } from "./pidFile.ts";
import { writeRequest } from "./requests.ts";
import { type StatePaths, statePaths } from "./statePaths.ts";
import { statistics } from "./statusBoard.ts";
import { workerExit } from "./worker.ts";

const pollMs = 100;
/** How long an orderly stop may take: the open batch is written, or the transaction that is being read is given up. */
const stopGraceMs = 60_000;

/** Replication on this machine: a process in the background, spoken to through files. */
export class LocalReplication implements Replication {
	readonly #paths: LocalPaths;
	readonly #files: StatePaths;

	constructor(paths: LocalPaths) {
		this.#paths = paths;
		this.#files = statePaths(paths);
	}

	async start(context: Context, options: ReplicationOptions = {}): Promise<"started" | "resumed" | "already running"> {
		if (await this.#isRunning()) {
			await this.#requireTarget(options);
			await this.#noteOtherLimits(context, options);
			if (options.reload === true) await this.reload(context, []);
			await this.#waitUntilFollowing(context);
			return "already running";
		}
		await sourceAccess(this.#paths);
		const reload = (await this.#setTarget(options)) || options.reload === true;
		const resumes = !reload && (await exists(this.#files.checkpoint));
		const daemon = await this.#spawn({ ...options, reload });
		const end = await context.reporter.task("Replication", (update) => this.#watch(context, daemon, update));
		if (end === "locked") {
			await this.#waitUntilFollowing(context);
			return "already running";
		}
		return resumes ? "resumed" : "started";
	}

	async stop(context: Context): Promise<"stopped" | "not running"> {
		const pids = await this.#supervisors();
		if (pids.length === 0) return "not running";
		await context.reporter.task("Stopping the replication", () =>
			Promise.all(pids.map((pid) => endProcess(pid, stopGraceMs))),
		);
		return "stopped";
	}

	async status(): Promise<ReplicationStatus> {
		const status = await readDaemonStatus(this.#files.status);
		if (status === undefined) {
			return {
				state: "ready",
				text: "Ready",
				fullLoadProgress: 0,
				tables: { loaded: 0, loading: 0, queued: 0, errored: 0 },
			};
		}
		const shown = await this.#orGone(status);
		const count = (...states: string[]): number => shown.tables.filter((table) => states.includes(table.state)).length;
		return {
			state: shown.state,
			text: textOf(shown),
			fullLoadProgress: shown.fullLoadProgress,
			tables: {
				loaded: count("Table completed"),
				loading: count("Full load", "Table is being reloaded"),
				queued: count("Before load"),
				errored: count("Table error"),
			},
			...(shown.stopReason === undefined ? {} : { stopReason: shown.stopReason }),
			...(shown.lastError === undefined ? {} : { lastError: shown.lastError }),
			...(shown.latencySeconds === undefined ? {} : { latencySeconds: shown.latencySeconds }),
			startedAt: shown.startedAt,
			log: this.#files.log,
		};
	}

	/** From the running replicator, or, where none runs, from the checkpoint, which is exact whatever happened. */
	async tables(): Promise<TableStatistics[]> {
		const status = await readDaemonStatus(this.#files.status);
		if (status !== undefined && (await livingPid(this.#files.pid)) !== undefined) return status.tables;
		const checkpoint = await readCheckpoint(this.#files.checkpoint);
		return checkpoint?.tables.map(statistics) ?? [];
	}

	async reload(context: Context, tables: { schema: string; table: string }[]): Promise<void> {
		const known = await this.tables();
		const unknown = tables.filter(
			(name) => !known.some((one) => one.schema === name.schema && one.table === name.table),
		);
		if (unknown.length > 0) {
			const names = unknown.map((name) => `${name.schema}.${name.table}`);
			throw new PipelineError("usage", {
				what: `${names.join(", ")} ${names.length === 1 ? "is" : "are"} not replicated.`,
				why: `Tables that are: ${known.map((one) => `${one.schema}.${one.table}`).join(", ") || "none"}.`,
				fix: "Write schema.table as it is listed.",
				next: "pipeline-cli replication tables",
			});
		}
		const ids = tables.map((name) => `${name.schema}.${name.table}`);
		const request = await writeRequest(this.#files.requests, ids);
		if ((await livingPid(this.#files.pid)) === undefined) {
			context.reporter.note("The replication does not run; the tables are loaded anew at its next start.");
			return;
		}
		await context.reporter.task(
			ids.length === 0 ? "Loading all tables anew" : `Loading anew ${ids.join(", ")}`,
			async (update) => {
				while (await exists(request)) {
					const status = await this.#running(context);
					update(progressText(status));
					await sleep(pollMs);
				}
			},
		);
		const failed = (await this.tables()).filter(
			(one) => one.state === "Table error" && ids.includes(`${one.schema}.${one.table}`),
		);
		if (failed.length > 0) {
			throw new PipelineError("failure", {
				what: `${failed.map((one) => `${one.schema}.${one.table}`).join(", ")} could not be loaded.`,
				why: failed.map((one) => one.lastError).join("; "),
				fix: "Mend the table at the source, then load it again.",
				next: `pipeline-cli replication reload ${failed.map((one) => `${one.schema}.${one.table}`).join(" ")}`,
			});
		}
	}

	async #requireTarget({ target }: ReplicationOptions): Promise<void> {
		const now = (await readSettings(this.#paths))?.replicationTarget ?? "files";
		if (target === undefined || target === now) return;
		throw new PipelineError("usage", {
			what: `The replication runs with the target ${now}.`,
			why: "Another target needs all tables anew.",
			fix: "Stop it first.",
			next: "pipeline-cli replication stop",
		});
	}

	/** @returns whether the target is another than before: what was written for the old one does not count for the new. */
	async #setTarget({ target }: ReplicationOptions): Promise<boolean> {
		const settings = await readSettings(this.#paths);
		if (settings === undefined || target === undefined || target === (settings.replicationTarget ?? "files")) {
			return false;
		}
		// Kept also where this start is killed before the tables are loaded.
		await mkdir(this.#files.requests, { recursive: true });
		await writeRequest(this.#files.requests, []);
		await writeSettings({ ...settings, replicationTarget: target }, this.#paths);
		return true;
	}

	/** Every supervisor that lives, also those that were started just now. Takes off what others left. */
	async #supervisors(): Promise<number[]> {
		const pids = new Set<number>();
		const main = await livingPid(this.#files.pid);
		if (main !== undefined) pids.add(main);
		for (const name of await readdir(this.#files.supervisors).catch(() => [])) {
			const path = join(this.#files.supervisors, name);
			const pid = await livingPid(path);
			if (pid === undefined) await rm(path, { force: true });
			else pids.add(pid);
		}
		return [...pids];
	}

	/** Whether a replicator runs; one that has ended its work is waited for. */
	async #isRunning(): Promise<boolean> {
		for (;;) {
			const pid = await livingPid(this.#files.pid);
			if (pid === undefined) return false;
			const status = await readDaemonStatus(this.#files.status);
			const isEnding = status?.pid === pid && (status.state === "stopped" || status.state === "failed");
			if (!isEnding) return true;
			await sleep(pollMs);
		}
	}

	async #noteOtherLimits(context: Context, options: ReplicationOptions): Promise<void> {
		const status = await readDaemonStatus(this.#files.status);
		if (status === undefined) return;
		const { batchInterval = status.batchInterval, batchBytes = status.batchBytes } = options;
		if (batchInterval === status.batchInterval && batchBytes === status.batchBytes) return;
		context.reporter.warn(
			`It runs with batches of ${status.batchInterval} s and ${status.batchBytes} bytes; stop it first to change that.`,
		);
	}

	async #spawn(options: ReplicationOptions): Promise<Daemon> {
		await mkdir(this.#files.supervisors, { recursive: true });
		const { batchInterval = 60, batchBytes = 32 * 1024 * 1024, reload = false } = options;
		const values = [
			"--home",
			this.#paths.home,
			"--batch-interval",
			String(batchInterval),
			"--batch-bytes",
			String(batchBytes),
		];
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
			const temporary = `${this.#files.pid}.${child.pid}.tmp`;
			writeFileSync(temporary, pidText(child.pid));
			renameSync(temporary, join(this.#files.supervisors, `${child.pid}`));
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

	/** Waits until the replicator that was just started follows changes. */
	async #watch(context: Context, daemon: Daemon, update: (detail: string) => void): Promise<"following" | "locked"> {
		for (;;) {
			const status = await readDaemonStatus(this.#files.status);
			if (status?.pid === daemon.pid) {
				if (status.state === "failed") throw failureOf(status, this.#files.log);
				if (status.following) return "following";
				update(progressText(status));
			}
			if (daemon.exitCode === workerExit.locked) return "locked";
			if (daemon.exitCode !== undefined) {
				const last = await readDaemonStatus(this.#files.status);
				throw failureOf(last?.pid === daemon.pid ? last : undefined, this.#files.log);
			}
			this.#throwIfAborted(context);
			await sleep(pollMs);
		}
	}

	async #waitUntilFollowing(context: Context): Promise<void> {
		for (;;) {
			const status = await this.#running(context);
			if (status?.following) return;
			await sleep(pollMs);
		}
	}

	/** The status, as long as a replicator runs and the user waits. */
	async #running(context: Context): Promise<DaemonStatus | undefined> {
		this.#throwIfAborted(context);
		const status = await readDaemonStatus(this.#files.status);
		if (status?.state === "failed") throw failureOf(status, this.#files.log);
		if ((await livingPid(this.#files.pid)) !== undefined) return status;
		throw failureOf(status === undefined ? undefined : await this.#orGone(status), this.#files.log);
	}

	#throwIfAborted(context: Context): void {
		if (!context.signal.aborted) return;
		const { reason } = context.signal;
		const text = {
			what: "No longer waiting; the replication goes on in the background.",
			next: "pipeline-cli replication status",
		};
		throw reason instanceof PipelineError ? new PipelineError(reason.outcome, text) : cancelled(text.what, text.next);
	}

	/** A status that says it runs, of a process that is gone, has failed. */
	async #orGone(status: DaemonStatus): Promise<DaemonStatus> {
		if (status.state === "stopped" || status.state === "failed") return status;
		if ((await livingPid(this.#files.pid)) !== undefined) return status;
		const again = await readDaemonStatus(this.#files.status);
		if (again !== undefined && (again.state === "stopped" || again.state === "failed")) return again;
		const what = "The replicator ended without a word.";
		return {
			...status,
			state: "failed",
			following: false,
			stopReason: "Stop Reason FATAL_ERROR",
			lastError: what,
			failure: {
				outcome: "failure",
				what,
				why: "Its process is gone; it may have been killed.",
				fix: "Start it again: it goes on from its checkpoint, and nothing is lost.",
				next: "pipeline-cli replication start",
			},
		};
	}
}

interface Daemon {
	pid: number;
	/** Set when it has ended. */
	exitCode?: number;
}

/** The replicator's program: its bundle, or from source by tsx. */
function programArguments(): string[] {
	const here = fileURLToPath(import.meta.url);
	if (here.startsWith(join(projectRoot, "dist"))) return [join(projectRoot, "dist", "replicator.js")];
	return ["--import", "tsx", fileURLToPath(new URL("./daemon.ts", import.meta.url))];
}

/** The states' texts, as the DMS console words them. */
function textOf(status: DaemonStatus): string {
	if (status.state === "running")
		return status.fullLoadProgress === 100 ? "Load complete, replication ongoing" : "Full load";
	return { starting: "Starting", stopping: "Stopping", stopped: "Stopped", failed: "Failed" }[status.state];
}

function progressText(status: DaemonStatus | undefined): string {
	if (status === undefined) return "starting";
	const rows = status.tables.reduce((sum, table) => sum + table.fullLoadRows, 0);
	const done = status.tables.filter(
		(table) => table.state === "Table completed" || table.state === "Table error",
	).length;
	return status.tables.length === 0
		? textOf(status).toLowerCase()
		: `${done} of ${status.tables.length} tables, ${rows} rows`;
}

function failureOf(status: DaemonStatus | undefined, log: string): PipelineError {
	const failure = status?.failure;
	if (failure !== undefined) return new PipelineError(failure.outcome, failure);
	return new PipelineError("failure", {
		what:
			status?.state === "stopped" ? "The replication was stopped." : "The replicator ended before it followed changes.",
		fix: `See its log: ${log}`,
		next: "pipeline-cli replication start",
	});
}

async function exists(path: string): Promise<boolean> {
	try {
		await access(path);
		return true;
	} catch {
		return false;
	}
}
