import { mkdir, rm } from "node:fs/promises";
import { messageOf, PipelineError } from "../../../../common/errors.ts";
import { writeFileAtomic } from "../../../../common/fs.ts";
import { delayMs, pause } from "../../../../common/poll.ts";
import { formatIdentity, identify, type ProcessIdentity } from "../../../../common/process/processIdentity.ts";
import type { SourceAccess } from "../../../mysql/access.ts";
import { connectionFault, isUnreachable } from "../../../mysql/connectionFault.ts";
import type { LocalPaths } from "../../shared/paths.ts";
import { readSettings, sourceAccess } from "../../shared/settings.ts";
import { BinlogReader } from "../follow/binlogReader.ts";
import type { BatchLimits } from "../follow/readerParts.ts";
import { SkipGroup } from "../follow/skipGroup.ts";
import type { Checkpoint } from "../model/checkpoint.ts";
import { isOutOfSpace, outOfSpace } from "../model/fullDisk.ts";
import { RotatingLog } from "../model/log.ts";
import { formatPosition } from "../model/position.ts";
import { serverIdOf } from "../model/serverId.ts";
import { statePaths } from "../model/statePaths.ts";
import { folderOf, type TableName, tableId } from "../model/tableName.ts";
import { TaskState } from "../model/taskState.ts";
import { inWords, isBinlogUnreadable, isTransient } from "../mysql/errors.ts";
import { historyLost } from "../mysql/server.ts";
import { ParquetEngine } from "../parquet/parquetEngine.ts";
import { Store } from "../publish/store.ts";
import { StreamPublisher } from "../publish/streamPublisher.ts";
import { chosenNow, requireApplied } from "./appliedRules.ts";
import { FormerTables } from "./formerTables.ts";
import { loadAll } from "./initialLoad.ts";
import { ProgressWatch } from "./progressWatch.ts";
import { putAside, RequestBox, type Requested } from "./requests.ts";
import { RulesWatch } from "./rulesWatch.ts";
import { StatusBoard, statistics } from "./statusBoard.ts";
import { type WorkerMessage, workerExit } from "./workerExit.ts";

export interface WorkerOptions {
	limits: BatchLimits;
	/** Reload every table. */
	reload: boolean;
	/** Whether another worker of this supervisor ran before; the source then gets time to come back. */
	restarted: boolean;
	supervisor: ProcessIdentity;
	startedAt: string;
}

/** How often in a row the source may refuse one position. */
const mostUnreadable = 3;
const lockPatienceMs = 5_000;
/** How long nothing may move: longer than the source may be silent. */
const stallMs = 420_000;
/** Jitter keeps several clients from coming back all at the same time. */
const backoff = { firstMs: 200, factor: 2, mostMs: 15_000, jitter: 0.5 };

/**
 * The replicator's work: full load where there is none yet, then changes, until `stop`. Survives a lost source.
 * @param onStall called where nothing moves any more, with the reason.
 * @returns the exit code; throws what nobody foresaw.
 */
export async function work(
	paths: LocalPaths,
	options: WorkerOptions,
	stop: AbortSignal,
	notify: (message: WorkerMessage) => void,
	onStall: (why: string) => void,
): Promise<number> {
	const files = statePaths(paths);
	await mkdir(files.staging, { recursive: true });
	await mkdir(files.requests, { recursive: true });
	const engine = await ParquetEngine.open(files.staging, files.lock, lockPatienceMs);
	if (engine === undefined) return workerExit.locked;
	// Only the lock's holder names its supervisor as the one that runs.
	await writeFileAtomic(files.worker, formatIdentity(identify()));
	await writeFileAtomic(files.pid, formatIdentity(options.supervisor));
	const log = new RotatingLog(files.log);
	const board = new StatusBoard(files.status, { ...options, supervisorPid: options.supervisor.pid });
	const calm = board.beat();
	const watch = new ProgressWatch(stallMs, onStall);
	try {
		board.set({ state: "starting" });
		log.info(`started, process ${process.pid}`);
		const access = await sourceAccess(paths);
		const streams = (await readSettings(paths))?.replicationTarget === "stream";
		const stream = streams ? new StreamPublisher({ spool: paths.delivery, raw: paths.raw }) : undefined;
		const store = new Store(files, paths.raw, stream?.publish);
		const rules = await RulesWatch.open(paths, access.schemas, log);
		const worker = new Worker(access, store, stream, rules, paths, options, engine, log, board, watch, stop, notify);
		await worker.run();
		board.set({ state: "stopped", stopReason: "Stop Reason NORMAL" });
		log.info("stopped");
		return workerExit.stopped;
	} catch (error) {
		const shown = isOutOfSpace(error) ? outOfSpace(paths.home, error) : error;
		if (!(shown instanceof PipelineError)) throw error;
		log.error(messageOf(shown));
		// What is staged and not promised is of no use any more, and on a full disk its room is needed to report that.
		await new Store(files, paths.raw).clearStaging().catch(() => undefined);
		board.fail(shown);
		return workerExit.failed;
	} finally {
		calm();
		await rm(files.worker, { force: true });
		watch.close();
		engine.close();
	}
}

class Worker {
	readonly #access: SourceAccess;
	readonly #store: Store;
	readonly #requests: RequestBox;
	readonly #skipped = new Set<string>();
	#unreadable = { place: "", times: 0 };
	#reload: boolean;
	/** Whether the source answered once: it is then waited for. */
	#hasConnected: boolean;
	/** Why the last request that could not be read does not count. */
	#damage: string | undefined;

	constructor(
		access: SourceAccess,
		store: Store,
		private readonly stream: StreamPublisher | undefined,
		private readonly rules: RulesWatch,
		private readonly paths: LocalPaths,
		private readonly options: WorkerOptions,
		private readonly engine: ParquetEngine,
		private readonly log: RotatingLog,
		private readonly board: StatusBoard,
		private readonly watch: ProgressWatch,
		private readonly stop: AbortSignal,
		private readonly notify: (message: WorkerMessage) => void,
	) {
		this.#access = access;
		const files = statePaths(paths);
		this.#store = store;
		this.#requests = new RequestBox(files.requests);
		this.#reload = options.reload;
		this.#hasConnected = options.restarted;
	}

	async run(): Promise<void> {
		await this.#open();
		let tries = 0;
		while (!this.stop.aborted) {
			try {
				const checkpoint = await this.#loaded();
				if (checkpoint === undefined) return;
				await this.#follow(checkpoint);
				return;
			} catch (error) {
				if (error instanceof SkipGroup) {
					this.log.info(error.message);
					this.#skipped.add(error.key);
					continue;
				}
				if (error instanceof ReloadAll) this.#reload = true;
				if (error instanceof ReloadAll || error instanceof OtherRules) continue;
				if (this.stop.aborted && !(error instanceof PipelineError)) return;
				const refused = inWords(this.#access, error);
				if (refused !== error || !isTransient(error)) throw refused;
				this.#requireReadable(error);
				if (!this.#hasConnected) throw connectionFault(this.#access, error);
				this.watch.note("the connection to the source was lost");
				tries = this.board.following ? 1 : tries + 1;
				const why = messageOf(isUnreachable(error) ? connectionFault(this.#access, error) : error);
				this.log.warn(`the connection to the source was lost: ${why}; retrying`);
				this.board.set({ lastError: why, following: false });
				await pause(delayMs(backoff, tries), this.stop);
			}
		}
	}

	/** A position that the source refuses time and again is not one of its history, though its files may look like it. */
	#requireReadable(error: unknown): void {
		const { position } = this.#store.checkpoint ?? {};
		const place = position === undefined ? "" : formatPosition(position);
		if (!isBinlogUnreadable(error) || place !== this.#unreadable.place) this.#unreadable = { place, times: 0 };
		if (isBinlogUnreadable(error)) this.#unreadable.times += 1;
		if (this.#unreadable.times >= mostUnreadable) throw historyLost(messageOf(error));
	}

	/** A checkpoint that is damaged, or whose promise cannot be kept, ends the work, unless everything is reloaded anyway. */
	async #open(): Promise<void> {
		try {
			await this.#store.open();
		} catch (error) {
			if (!this.#reload) throw error;
			this.log.warn(messageOf(error));
			await this.#store.forget();
		}
	}

	/** @returns the checkpoint after a full load; undefined where asked to stop before its end. */
	async #loaded(): Promise<Checkpoint | undefined> {
		const { checkpoint } = this.#store;
		if (checkpoint !== undefined && !this.#reload) return checkpoint;
		const requested = await this.#take();
		requireApplied(this.rules.current, checkpoint, requested);
		await this.#removeDelivered(requested, placesOf(checkpoint));
		try {
			const purged = purgedOf(requested, placesOf(checkpoint));
			const onBegin = (): void => {
				this.#hasConnected = true;
			};
			await loadAll({ ...this.#shared(), raw: this.paths.raw, onBegin }, checkpoint, purged);
		} catch (error) {
			if (this.stop.aborted && !(error instanceof PipelineError)) return undefined;
			throw error;
		}
		this.board.keep((this.#store.checkpoint?.tables ?? []).map(statistics));
		this.board.write();
		// What was asked for before a load of everything is done with it.
		await requested.done();
		this.#reload = false;
		return this.#store.checkpoint;
	}

	async #follow(checkpoint: Checkpoint): Promise<void> {
		const state = new TaskState(checkpoint);
		this.board.show(state, this.#store);
		requireApplied(this.rules.current, checkpoint, await this.#take());
		let chosen = await chosenNow(this.#access, this.rules.current, state);
		this.#hasConnected = true;
		const reader = new BinlogReader(
			state,
			{
				...this.#shared(),
				limits: this.options.limits,
				onProgress: () => this.board.update(),
				onStep: (done) => this.watch.note(done),
				onCascading: (tables) => this.board.set({ cascading: tables.length === 0 ? undefined : tables }),
				onFollowing: () => {
					this.board.set({ state: "running", following: true, fullLoadProgress: 100, lastError: this.#damage });
					this.notify("following");
				},
			},
			this.#skipped,
		);
		let isFirst = true;
		const former = new FormerTables(this.paths.processed);
		await reader.run(async () => {
			// Of what was delivered as messages nobody here can see what became.
			if (this.stream === undefined) await former.forget(state.former, performance.now());
			// What a purge removes must not be joined by a change first.
			if (!this.#requests.isDue() && !isFirst) return;
			isFirst = false;
			if (await this.rules.hasChanged()) throw new OtherRules();
			const requested = await this.#take();
			if (requested.all) throw new ReloadAll();
			await this.#removeDelivered(requested, placesOf(checkpoint));
			const asked = requested.tables.filter((id) => state.tables.has(id));
			await reader.reload([...new Set([...asked, ...chosen])], purgedOf(requested, placesOf(checkpoint)));
			chosen = [];
			if (requested.publish) await reader.publish();
			this.board.write();
			await requested.done();
		});
	}

	/** What a purge is to remove of messages; files are replaced when the tables are loaded. */
	async #removeDelivered(requested: Requested, tables: readonly TableName[]): Promise<void> {
		if (this.stream === undefined) return;
		const purged = purgedOf(requested, tables);
		const wanted = tables.filter((table) => purged.has(tableId(table)));
		await this.stream.remove(wanted.map(folderOf));
	}

	async #take(): Promise<Requested> {
		const requested = await this.#requests.take();
		await putAside(requested.damaged);
		for (const { why } of requested.damaged) {
			this.log.error(why);
			this.#damage = why;
			this.board.set({ lastError: why });
		}
		return requested;
	}

	#shared() {
		return {
			access: this.#access,
			serverId: serverIdOf(this.paths.home),
			engine: this.engine,
			staging: statePaths(this.paths).staging,
			store: this.#store,
			rules: this.rules.current,
			log: this.log,
			board: this.board,
			watch: this.watch,
			stop: this.stop,
		};
	}
}

/** Tables of which the lake may have something. */
function placesOf(checkpoint: Checkpoint | undefined): TableName[] {
	return [...(checkpoint?.tables ?? []), ...(checkpoint?.former ?? [])];
}

/** Tables that are purged, `schema.table`. */
function purgedOf({ purged }: Requested, tables: readonly TableName[]): ReadonlySet<string> {
	return new Set(purged === "all" ? tables.map(tableId) : purged);
}

/** The definition was edited: what it says now holds from the last position on. */
class OtherRules extends Error {}

/** Everything is to be reloaded. */
class ReloadAll extends Error {}
