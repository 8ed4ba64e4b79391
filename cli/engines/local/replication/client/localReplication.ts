import { rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { cancelled, PipelineError } from "../../../../common/errors.ts";
import { exists, namesIn, readIfThere } from "../../../../common/fs.ts";
import { poll } from "../../../../common/poll.ts";
import { identify } from "../../../../common/process/processIdentity.ts";
import type {
	Context,
	Replication,
	ReplicationOptions,
	ReplicationStatus,
	RuleChange,
	TableStatistics,
} from "../../../port.ts";
import { namesOf, requireFree, requireLoaded, tablesInError, waitingTables } from "../../../shared/tablesInError.ts";
import type { LocalPaths } from "../../shared/paths.ts";
import { sourceAccess } from "../../shared/settings.ts";
import { readCheckpoint } from "../model/checkpoint.ts";
import { type StatePaths, statePaths } from "../model/statePaths.ts";
import { tableId } from "../model/tableName.ts";
import { type DaemonStatus, peekDaemonStatus, readDaemonStatus } from "../service/daemonStatus.ts";
import { writeRequest } from "../service/requests.ts";
import { statistics } from "../service/statusBoard.ts";
import { workerExit } from "../service/workerExit.ts";
import { changedRules, requireRules } from "./changedRules.ts";
import {
	type Daemon,
	endSupervisors,
	livingSupervisors,
	replicatorProgram,
	runningSupervisor,
	startDaemon,
} from "./daemonProcess.ts";
import {
	endedWithoutWord,
	failureOf,
	hangs,
	isSilent,
	neverBegan,
	progressText,
	replicationStatus,
} from "./daemonText.ts";
import { requireTarget, setTarget } from "./replicationTarget.ts";

/** How often the files of the replicator are looked at. */
const rhythm = { firstMs: 100 };
/** How long an orderly stop may take: the open batch is written, or the transaction that is being read is given up. */
const stopGraceMs = 60_000;
/** The same for a replicator that has shown no sign of life for long. */
const silentGraceMs = 2_000;
/** How long a replicator may take to its first sign of life, which a busy machine gives within seconds. */
const firstSignMs = 60_000;

/** Replication on this machine: a process in the background, spoken to through files. */
export class LocalReplication implements Replication {
	readonly #paths: LocalPaths;
	readonly #program: readonly string[];
	readonly #files: StatePaths;

	/** @param program the replicator's, as Node's arguments. */
	constructor(
		paths: LocalPaths,
		program = replicatorProgram(),
		private readonly patienceMs = firstSignMs,
	) {
		this.#paths = paths;
		this.#program = program;
		this.#files = statePaths(paths);
	}

	async start(context: Context, options: ReplicationOptions = {}): Promise<"started" | "resumed" | "already running"> {
		await requireRules(this.#paths, options.reload === true);
		// The replicator would not be able to write them, and its status would be waited for without end.
		for (const file of [this.#files.worker, this.#files.status]) await readIfThere(file);
		return this.#start(context, options);
	}

	async #start(context: Context, options: ReplicationOptions): Promise<"started" | "resumed" | "already running"> {
		if (await this.#isRunning()) {
			await requireTarget(this.#paths, options);
			await this.#noteOtherLimits(context, options);
			if (options.reload === true) await this.#reload(context, []);
			await this.#waitUntilFollowing(context);
			await this.#tellErrors(context, options.reload === true);
			return "already running";
		}
		await sourceAccess(this.#paths);
		const reload = (await setTarget(this.#paths, options)) || options.reload === true;
		const resumes = !reload && (await exists(this.#files.checkpoint));
		const daemon = await startDaemon(this.#program, this.#paths.home, this.#files, {
			...(options.asBefore === true && (await this.#limits())),
			...options,
			reload,
		});
		const end = await context.reporter.task("Replication", (update) => this.#watch(context, daemon, update));
		// Another start was faster; its replicator is asked for what this one was to do.
		if (end === "locked") return this.#start(context, options);
		await this.#tellErrors(context, reload);
		return resumes ? "resumed" : "started";
	}

	async stop(context: Context): Promise<"stopped" | "not running"> {
		const { home } = this.#paths;
		const supervisors = await livingSupervisors(this.#files, home);
		if (supervisors.length === 0) return "not running";
		await context.reporter.task("Stopping the replication", () =>
			endSupervisors(supervisors, this.#files, home, stopGraceMs),
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
		return replicationStatus(await this.#orGone(status), this.#files.log);
	}

	/** From the running replicator, or, where none runs, from the checkpoint, which is exact whatever happened. */
	async tables(): Promise<TableStatistics[]> {
		const status = await peekDaemonStatus(this.#files.status);
		if (status !== undefined && (await runningSupervisor(this.#files, this.#paths.home)) !== undefined)
			return status.tables;
		const checkpoint = await readCheckpoint(this.#files.checkpoint);
		return checkpoint?.tables.map(statistics) ?? [];
	}

	ruleChanges(): Promise<readonly RuleChange[]> {
		return changedRules(this.#paths);
	}

	/** The request stays until the tables are loaded; until then they count as changed, and this can be repeated. */
	async purge(
		context: Context,
		tables: readonly { schema: string; table: string }[],
		clean: () => Promise<void>,
	): Promise<void> {
		await this.stop(context);
		const ids = tables.map(tableId);
		await writeRequest(this.#files.requests, ids, true);
		await clean();
		// Errors that were logged may quote values.
		for (const name of await namesIn(this.#files.folder)) {
			if (name.startsWith(basename(this.#files.log))) await rm(join(this.#files.folder, name), { force: true });
		}
		// All of them are cleaned now: only here what is pending need not be refused.
		await this.#start(context, { asBefore: true });
		requireLoaded((await this.tables()).filter((one) => ids.includes(tableId(one))));
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
				why: `Replicated tables: ${known.map((one) => `${one.schema}.${one.table}`).join(", ") || "none"}.`,
				fix: "Write schema.table as listed.",
				next: "pipeline-cli replication tables",
			});
		}
		const ids = tables.map((name) => `${name.schema}.${name.table}`);
		if (!(await this.#reload(context, ids))) return;
		const asked = (await this.tables()).filter((one) => ids.length === 0 || ids.includes(`${one.schema}.${one.table}`));
		requireLoaded(asked);
		requireFree(asked);
	}

	/**
	 * Has tables reloaded, all of them where none is named.
	 * @returns false where nothing runs that could do it now.
	 */
	async #reload(context: Context, ids: readonly string[]): Promise<boolean> {
		const request = await writeRequest(this.#files.requests, ids);
		if ((await runningSupervisor(this.#files, this.#paths.home)) === undefined) {
			context.reporter.note("Replication is not running. The tables will be reloaded when it starts.");
			return false;
		}
		await context.reporter.task(ids.length === 0 ? "Reloading all tables" : `Reloading ${ids.join(", ")}`, (update) =>
			poll(rhythm, async () => {
				if (!(await exists(request))) return true;
				update(progressText(await this.#running(context)));
				return undefined;
			}),
		);
		return true;
	}

	/**
	 * Reports which tables are left out.
	 * @throws PipelineError where this start was to load all of them.
	 */
	async #tellErrors(context: Context, reloaded: boolean): Promise<void> {
		const tables = await this.tables();
		if (reloaded) requireLoaded(tables);
		for (const table of waitingTables(tables)) {
			context.reporter.warn(`${namesOf([table])} is not loaded yet: ${table.lastError}`);
		}
		const broken = tablesInError(tables);
		if (broken.length === 0) return;
		context.reporter.warn(
			`${broken.length === 1 ? "1 table has an error" : `${broken.length} tables have errors`}: ${namesOf(broken)}. See: pipeline-cli replication tables`,
		);
	}

	/** Limits of a batch that the replicator had last. */
	async #limits(): Promise<Pick<ReplicationOptions, "batchInterval" | "batchBytes">> {
		const status = await peekDaemonStatus(this.#files.status);
		return status === undefined ? {} : { batchInterval: status.batchInterval, batchBytes: status.batchBytes };
	}

	/** Whether a replicator runs; one that has ended its work is waited for, one that hangs is ended. */
	#isRunning(): Promise<boolean> {
		return poll(rhythm, async () => {
			const supervisor = await runningSupervisor(this.#files, this.#paths.home);
			if (supervisor === undefined) return false;
			const status = await peekDaemonStatus(this.#files.status);
			if (status?.pid === supervisor.pid && isSilent(status)) {
				await endSupervisors([supervisor], this.#files, this.#paths.home, silentGraceMs);
				return false;
			}
			const isEnding = status?.pid === supervisor.pid && (status.state === "stopped" || status.state === "failed");
			return isEnding ? undefined : true;
		});
	}

	async #noteOtherLimits(context: Context, options: ReplicationOptions): Promise<void> {
		const status = await peekDaemonStatus(this.#files.status);
		if (status === undefined) return;
		const { batchInterval = status.batchInterval, batchBytes = status.batchBytes } = options;
		if (batchInterval === status.batchInterval && batchBytes === status.batchBytes) return;
		context.reporter.warn(
			`Replication is running with batches of ${status.batchInterval} s and ${status.batchBytes / 1_048_576} MB. To change them, stop it first.`,
		);
	}

	/** Waits until the replicator that was just started follows changes. */
	#watch(context: Context, daemon: Daemon, update: (detail: string) => void): Promise<"following" | "locked"> {
		const begun = performance.now();
		return poll(rhythm, async () => {
			const status = await peekDaemonStatus(this.#files.status);
			if (status?.pid === daemon.pid) {
				if (status.state === "failed") throw failureOf(status, this.#files.log);
				update(progressText(status));
				if (status.following) return "following";
			}
			if (daemon.exitCode === workerExit.locked) return "locked";
			if (daemon.exitCode !== undefined) {
				const last = await peekDaemonStatus(this.#files.status);
				throw failureOf(last?.pid === daemon.pid ? last : undefined, this.#files.log);
			}
			this.#throwIfAborted(context);
			if (status?.pid !== daemon.pid && performance.now() - begun > this.patienceMs) {
				await endSupervisors([identify(daemon.pid)], this.#files, this.#paths.home, silentGraceMs);
				throw neverBegan(this.patienceMs);
			}
			return undefined;
		});
	}

	async #waitUntilFollowing(context: Context): Promise<void> {
		await poll(rhythm, async () => ((await this.#running(context))?.following ? true : undefined));
	}

	/** The status, as long as a replicator runs and the user waits. */
	async #running(context: Context): Promise<DaemonStatus | undefined> {
		this.#throwIfAborted(context);
		const status = await peekDaemonStatus(this.#files.status);
		if (status?.state === "failed") throw failureOf(status, this.#files.log);
		if ((await runningSupervisor(this.#files, this.#paths.home)) !== undefined) return status;
		throw failureOf(status === undefined ? undefined : await this.#orGone(status), this.#files.log);
	}

	#throwIfAborted(context: Context): void {
		if (!context.signal.aborted) return;
		const { reason } = context.signal;
		const text = {
			what: "No longer waiting; replication continues in the background.",
			next: "pipeline-cli replication status",
		};
		throw reason instanceof PipelineError ? new PipelineError(reason.outcome, text) : cancelled(text.what, text.next);
	}

	/** A status that says it runs, of a process that is gone, has failed. */
	async #orGone(status: DaemonStatus): Promise<DaemonStatus> {
		if (status.state === "stopped" || status.state === "failed") return status;
		if ((await runningSupervisor(this.#files, this.#paths.home)) !== undefined) {
			return isSilent(status) ? hangs(status) : status;
		}
		const again = await peekDaemonStatus(this.#files.status);
		if (again !== undefined && (again.state === "stopped" || again.state === "failed")) return again;
		return endedWithoutWord(status);
	}
}
