import { setTimeout as sleep } from "node:timers/promises";
import { unreachable } from "../../../../common/errors.ts";
import type { BinlogEvent } from "../binlog/binlogEvent.ts";
import { asInDoubt, parseStatement } from "../ddl/statement.ts";
import type { Publication, TableCheckpoint } from "../model/checkpoint.ts";
import { comparePositions, formatPosition, type Position } from "../model/position.ts";
import { asWritten } from "../model/storedName.ts";
import { type TableName, tableId } from "../model/tableName.ts";
import type { TaskState } from "../model/taskState.ts";
import { strayRows } from "../mysql/errors.ts";
import { BinlogCursor } from "./binlogCursor.ts";
import { CascadingTables } from "./cascadingTables.ts";
import { ChangedRows } from "./changedRows.ts";
import type { ChangeReader } from "./changeReader.ts";
import { type ChangeSource, connectedSource } from "./changeSource.ts";
import { DdlHandler } from "./ddlHandler.ts";
import { DoubtfulTables } from "./doubtfulTables.ts";
import { NewTables } from "./newTables.ts";
import { OpenBatch } from "./openBatch.ts";
import { type ReaderParts, savePositionMs, stopGraceMs } from "./readerParts.ts";
import { SkipGroup } from "./skipGroup.ts";
import { TableReloads } from "./tableReloads.ts";

type QueryEvent = Extract<BinlogEvent, { kind: "query" }>;

const pollMs = 250;

/** Follows the source's binlog from the state's position, and publishes changes in batches at the ends of transactions. */
export class BinlogReader implements ChangeReader {
	readonly state: TaskState;
	readonly parts: ReaderParts;
	readonly batch: OpenBatch;
	readonly #ddl: DdlHandler;
	readonly #reloads: TableReloads;
	readonly #doubtful: DoubtfulTables;
	readonly #rows: ChangedRows;
	readonly #cascading: CascadingTables;
	readonly #cursor: BinlogCursor;
	readonly #source: ChangeSource;
	readonly #skipped: ReadonlySet<string>;
	readonly reloadAtCommit = new Set<string>();
	/** Tables that the open transaction touched. */
	readonly touched = new Set<string>();
	waits = false;
	hasNews = false;
	foldsCase = false;
	groupEnd: Position | undefined;
	#stored = asWritten;
	#inGroup = false;
	#endsWithQuery = false;
	#groupGtid = "";
	commitTime = Number.NaN;
	commitIso = "";
	skipping = false;
	#savedAt = performance.now();

	constructor(
		state: TaskState,
		parts: ReaderParts,
		skipped: ReadonlySet<string>,
		source: ChangeSource = connectedSource(parts),
	) {
		this.#source = source;
		this.state = state;
		this.parts = parts;
		this.#skipped = skipped;
		this.batch = new OpenBatch(parts.engine, parts.staging, parts.rules);
		const newTables = new NewTables(this);
		this.#reloads = new TableReloads(this, newTables, source);
		this.#ddl = new DdlHandler(this, newTables, source, this.#reloads);
		this.#doubtful = new DoubtfulTables(this, newTables, source);
		this.#cascading = new CascadingTables(this, source);
		this.#rows = new ChangedRows(this, this.#ddl, this.#doubtful, this.#cascading);
		this.#cursor = new BinlogCursor(state);
	}

	get groupStart(): Position {
		return this.state.position;
	}

	/** @returns when asked to stop, with all committed changes published. @param between called first, and often between transactions. */
	async run(between: () => Promise<void>): Promise<void> {
		const { stop, log } = this.parts;
		const source = await this.#source.check(this.state.toCheckpoint());
		[this.foldsCase, this.#stored] = [source.foldsCase, source.stored];
		await between();
		// Left from before: rows of theirs must not come first.
		await this.#keepUpWithCascades();
		const stream = this.#source.stream(this.state.position, (name) => this.#isWanted(name));
		const watch = this.#source.watch();
		try {
			log.info(`reading changes from ${formatPosition(this.state.position)}`);
			let following = false;
			// What was there already is published once it is read: it has waited long enough.
			let behind = comparePositions(this.state.position, source.end) < 0;
			let stopBy = Number.POSITIVE_INFINITY;
			for (;;) {
				const events = await stream.take(stop.aborted ? 20 : this.#patience());
				this.parts.onStep(`changes were read, or waited for, ${formatPosition(this.state.position)}`);
				if (!following && events.length > 0) this.parts.onFollowing();
				following ||= events.length > 0;
				for (const event of events) {
					const pending = this.#apply(event);
					if (pending !== undefined) await pending;
				}
				if (stop.aborted) stopBy = Math.min(stopBy, performance.now() + stopGraceMs);
				if (!this.#inGroup) {
					if (!stop.aborted) await this.#keepUpWithCascades();
					const caughtUp = behind && comparePositions(this.state.position, source.end) >= 0;
					behind &&= !caughtUp;
					await this.#closeIfDue(stop.aborted || caughtUp);
					if (stop.aborted) return;
					await between();
					if (events.length === 0) await watch.check(() => this.state.toCheckpoint());
				} else if (performance.now() > stopBy) {
					return;
				}
				// Timers and signals get their turn also while events never cease.
				await sleep(0);
			}
		} finally {
			await stream.close();
			await watch.close();
			await this.batch.discard().catch(() => undefined);
		}
	}

	async publish(extra: Publication = { clear: [], files: [] }): Promise<void> {
		const { newestCommit } = this.batch;
		const files = await this.batch.close(this.state.sequence);
		if (newestCommit > 0) this.state.latencySeconds = Math.max(0, (Date.now() - newestCommit) / 1000);
		await this.parts.store.commit(this.state, { clear: extra.clear, files: [...files, ...extra.files] });
		[this.#savedAt, this.hasNews] = [performance.now(), false];
		this.parts.onProgress();
	}

	isLoaded(table: TableCheckpoint): boolean {
		return table.loadedAt !== undefined && comparePositions(this.groupStart, table.loadedAt) < 0;
	}

	/** Reloads tables, beside the changes. Only at the end of a transaction. */
	reload(ids: readonly string[], purged?: ReadonlySet<string>): Promise<void> {
		return this.#reloads.reload(ids, purged);
	}

	async failTable(table: TableCheckpoint, error: unknown): Promise<void> {
		table.state = "Table error";
		table.error = (error as Error).message;
		table.updatedAt = new Date().toISOString();
		this.parts.log.error(`${tableId(table)}: ${table.error}`);
		await this.batch.drop(tableId(table));
		this.hasNews = true;
	}

	/** Only at the end of a transaction. */
	async #keepUpWithCascades(): Promise<void> {
		await this.#cascading.readIfNew();
		await this.#cascading.reloadIfDue((ids) => this.reload(ids));
	}

	/** Whether the changes of a table's rows are read, be it for what they do to others. */
	#isWanted(name: TableName): boolean {
		return this.parts.access.schemas.includes(name.schema) || this.#cascading.hasParent(name);
	}

	#patience(): number {
		const { openedAt } = this.batch;
		if (openedAt === undefined) return pollMs;
		return Math.max(1, Math.min(pollMs, openedAt + this.parts.limits.intervalMs - performance.now()));
	}

	async #closeIfDue(now: boolean): Promise<void> {
		const { intervalMs, bytes } = this.parts.limits;
		const { openedAt } = this.batch;
		if (openedAt !== undefined) {
			if (now || performance.now() - openedAt >= intervalMs || this.batch.bytes >= bytes) await this.publish();
		} else if (now || this.hasNews || performance.now() - this.#savedAt > savePositionMs) {
			await this.publish();
		}
	}

	/** Applies one event. @returns undefined where that needed no waiting, so that a stream of rows costs no promises. */
	#apply(event: BinlogEvent): Promise<void> | undefined {
		switch (event.kind) {
			case "rows":
				return this.#inGroup ? this.#rows.apply(event, this) : this.#stray();
			case "gtid":
				if (this.#inGroup) return this.#breakOff(event.next - event.size).then(() => this.#apply(event));
				this.#beginGroup(event.time, event.gtid, event.standalone);
				return undefined;
			case "commit":
				return this.#endGroup(event.next);
			case "prepare":
				return event.onePhase ? this.#endGroup(event.next) : this.#prepare(event.xid, event.next);
			case "query":
				return this.#query(event);
			case "unread":
				return this.#inGroup ? this.#rows.unread(event, this) : this.#stray();
			case "incident":
				return this.#incident(event.reason, event.next);
			case "rotate":
				if (this.#inGroup) return this.#breakOff(0).then(() => this.#apply(event));
				this.#cursor.rotate(event.position);
				return undefined;
			case "format":
				this.#cursor.checkFile(event.time, event.next);
				return undefined;
			case "other":
				if (!this.#inGroup) this.#cursor.advance(event.next);
				return undefined;
			default:
				throw unreachable(event);
		}
	}

	#stray(): never {
		throw strayRows(this.state.position);
	}

	#beginGroup(time: number, gtid: string, endsWithQuery: boolean): void {
		this.#inGroup = true;
		this.#endsWithQuery = endsWithQuery;
		this.#groupGtid = gtid;
		if (time !== this.commitTime) this.commitIso = new Date(time).toISOString();
		this.commitTime = time;
		this.state.sequence.begin(time);
		this.skipping = this.#skipped.size > 0 && this.#skipped.has(formatPosition(this.groupStart));
		this.touched.clear();
		this.#cascading.begin();
		this.reloadAtCommit.clear();
	}

	#endGroup(next: number): Promise<void> | undefined {
		this.#inGroup = false;
		if (!this.skipping) this.#cascading.commit();
		this.state.addGtid(this.#groupGtid);
		this.#cursor.advance(next);
		this.groupEnd = this.state.position;
		if (this.reloadAtCommit.size > 0) return this.reload([...this.reloadAtCommit]);
		return this.batch.bytes >= this.parts.limits.bytes ? this.publish() : undefined;
	}

	/** A group that another one follows before its end: the source went down while it wrote it, and its rows do not count. */
	async #breakOff(next: number): Promise<void> {
		if (this.touched.size > 0 && !this.skipping) throw new SkipGroup(this.groupStart);
		await this.#endGroup(next);
	}

	/** Rows of a prepared XA transaction count only once it is committed; its tables are reloaded then. */
	async #prepare(xid: string, next: number): Promise<void> {
		if (this.touched.size > 0 && !this.skipping) throw new SkipGroup(this.groupStart);
		this.state.prepared.set(xid, [...this.touched]);
		await this.#endGroup(next);
	}

	#incident(reason: string, next: number): Promise<void> | undefined {
		this.#doubtful.incident(reason);
		return this.#inGroup ? undefined : this.#endGroup(next);
	}

	#query(event: QueryEvent): Promise<void> | undefined {
		// MySQL begins each transaction with it.
		if (event.sql !== "BEGIN") return this.#statement(event);
		this.#endsWithQuery = false;
		return undefined;
	}

	async #statement(event: QueryEvent): Promise<void> {
		const parsed = parseStatement(event.sql, event.schema, this.#stored, event.sqlMode);
		const statement = event.ofSession ? asInDoubt(parsed) : parsed;
		switch (statement.kind) {
			case "begin":
			case "xaStart":
				this.#endsWithQuery = false;
				return;
			case "commit":
				return this.#endGroup(event.next);
			case "rollback":
				if (this.touched.size > 0 && !this.skipping) throw new SkipGroup(this.groupStart);
				return this.#endGroup(event.next);
			case "rollbackTo":
				for (const id of this.touched) this.reloadAtCommit.add(id);
				return;
			default:
				if (!this.#endsWithQuery) return this.#ddl.insideTransaction(statement);
				await this.#ddl.standalone(statement, async () => this.#endGroup(event.next));
				if (this.#inGroup) await this.#endGroup(event.next);
				await this.#cascading.noteStatement(statement, event.sql);
		}
	}
}
