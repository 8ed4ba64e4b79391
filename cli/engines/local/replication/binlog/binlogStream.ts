import type { EventEmitter } from "node:events";
import ZongJi from "@vlasky/zongji";
import type { SourceAccess } from "../../../mysql/access.ts";
import type { Position } from "../model/position.ts";
import type { Row } from "../model/row.ts";
import { tableId } from "../model/tableName.ts";
import { xidText } from "../model/xid.ts";
import { binlogTooLong, LostSource } from "../mysql/errors.ts";
import { connectionOptions } from "../mysql/server.ts";

/** A table as the binlog describes it, at the time of the change. */
export interface BinlogTable {
	schema: string;
	table: string;
	columns: readonly { name: string; type: string }[];
	/** Names of the primary key's columns, in order. */
	key: readonly string[];
}

interface EventBase {
	/** Milliseconds since 1970, whole seconds. */
	time: number;
	/** Bytes in the binlog. */
	size: number;
	/** Offset of the next event in the same file; 0 where it is unknown. */
	next: number;
}

/** What the replicator needs of the binlog's events. */
export type BinlogEvent = EventBase &
	(
		| { kind: "rotate"; position: Position }
		| { kind: "format" }
		| { kind: "gtid"; gtid: string; standalone: boolean }
		| { kind: "rows"; operation: "I" | "D"; table: BinlogTable; rows: readonly Row[] }
		| { kind: "rows"; operation: "U"; table: BinlogTable; rows: readonly { before: Row; after: Row }[] }
		| { kind: "query"; schema: string; sql: string }
		| { kind: "commit" }
		| { kind: "prepare"; xid: string; onePhase: boolean }
		| { kind: "other" }
	);

/** Bytes of binlog that may wait in memory before the socket is paused. */
const queueBytes = 1024 * 1024;
const heartbeatSeconds = 5;
/** What an event's offset can express: https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_replication_binlog_event.html */
const mostOffset = 0xffff_ffff;
/** Offsets only rise within a file. One that falls by more than this has passed 4 GiB and started over. */
const mostFall = 64 * 1024 * 1024;
/** Without any event for this long, not even a heartbeat, the connection counts as lost. */
const silenceMs = 60_000;

/** The part of zongji's events that is used here. */
interface RawEvent {
	timestamp: number;
	nextPosition: number;
	size: number;
	getEventName(): string;
}
interface RawTableMap extends RawEvent {
	tableId: number;
	schemaName: string;
	tableName: string;
	primaryKey?: number[];
	columnNames?: string[];
	tableMap: Record<number, { columnSchemas: { COLUMN_NAME: string; COLUMN_TYPE: string }[] }>;
}
interface RawXaPrepare extends RawEvent {
	onePhase: boolean;
	xidFormatId: number;
	xidGtrid: Buffer;
	xidBqual: Buffer;
}
interface Pausable {
	pause(): void;
	resume(): void;
	query(sql: string): unknown;
}

/** What is used of zongji. */
export type BinlogClient = EventEmitter & Pick<ZongJi, "start" | "stop">;

/** The source's binlog from a position on. Holds the source back while its reader is behind. */
export class BinlogStream {
	readonly #zongji: BinlogClient;
	#queue: BinlogEvent[] = [];
	#queued = 0;
	#paused = false;
	#failure: Error | undefined;
	#lastEvent = Date.now();
	/** The file that is being read, and the highest offset that was seen in it. */
	#at: Position;
	#wake: () => void = () => undefined;
	readonly #tables = new Map<number, BinlogTable>();
	readonly #described = new Map<string, BinlogTable>();

	/**
	 * @param serverId as what the source sees us; another client of the same number is cut off by it.
	 * @param schemas whose rows are wanted.
	 * @param connect makes the client; it connects when it is started.
	 * @throws PipelineError where the position is beyond 4 GiB, from where no source can be asked to send.
	 */
	constructor(
		access: SourceAccess,
		serverId: number,
		schemas: readonly string[],
		from: Position,
		connect: (access: SourceAccess) => BinlogClient = (to) => new ZongJi(connectionOptions(to)),
	) {
		if (from.offset > mostOffset) throw binlogTooLong(from.file);
		this.#at = from;
		this.#zongji = connect(access);
		this.#zongji.on("error", (error: Error) => this.#fail(error));
		this.#zongji.on("binlog", (event: unknown) => this.#receive(event as RawEvent));
		// Before the dump is asked for: an idle source must prove that it is there. Nanoseconds; one name for each generation of servers.
		this.#zongji.on("ready", () => {
			const period = `${heartbeatSeconds}000000000`;
			this.#connection()?.query(
				`SET @master_heartbeat_period = ${period}, @source_heartbeat_period = ${period}, SESSION net_write_timeout = 3600`,
			);
		});
		this.#zongji.start({
			serverId,
			filename: from.file,
			position: from.offset,
			includeSchema: Object.fromEntries(schemas.map((schema) => [schema, true as const])),
		});
	}

	/**
	 * @returns the events that have come; none where none came within the time.
	 * @throws what broke the connection; PipelineError where the file continues beyond 4 GiB.
	 */
	async take(timeoutMs: number): Promise<BinlogEvent[]> {
		if (this.#queue.length === 0 && this.#failure === undefined) await this.#wait(timeoutMs);
		if (this.#queue.length > 0) {
			const events = this.#queue;
			this.#queue = [];
			this.#queued = 0;
			return events;
		}
		if (this.#failure !== undefined) throw this.#failure;
		this.#resume();
		if (Date.now() - this.#lastEvent > silenceMs) throw new LostSource("the source has gone silent");
		return [];
	}

	/** Ends the stream. Nothing is received afterwards. */
	async close(): Promise<void> {
		await new Promise<void>((resolve) => {
			this.#zongji.once("stopped", () => resolve());
			this.#zongji.stop();
		});
	}

	#wait(timeoutMs: number): Promise<void> {
		this.#resume();
		if (this.#queue.length > 0 || this.#failure !== undefined) return Promise.resolve();
		return new Promise((resolve) => {
			const timer = setTimeout(done, timeoutMs);
			function done(): void {
				clearTimeout(timer);
				resolve();
			}
			this.#wake = done;
		});
	}

	#connection(): Pausable | undefined {
		return (this.#zongji as unknown as { connection: Pausable | null }).connection ?? undefined;
	}

	#resume(): void {
		if (!this.#paused) return;
		this.#paused = false;
		this.#lastEvent = Date.now();
		this.#connection()?.resume();
	}

	#fail(error: Error): void {
		this.#failure ??= error;
		this.#wake();
	}

	#receive(raw: RawEvent): void {
		this.#lastEvent = Date.now();
		const event = this.#translate(raw);
		if (event === undefined || this.#failure !== undefined) return;
		if (this.#passesLimit(event)) {
			this.#fail(binlogTooLong(this.#at.file));
			return;
		}
		this.#queue.push(event);
		this.#queued += raw.size;
		if (this.#queued >= queueBytes && !this.#paused) {
			this.#paused = true;
			this.#connection()?.pause();
		}
		this.#wake();
	}

	/** A file's description says how the file begins, not where we are. */
	#passesLimit(event: BinlogEvent): boolean {
		if (event.kind === "rotate") {
			if (event.position.file !== this.#at.file) this.#at = event.position;
			return false;
		}
		if (event.kind === "format" || event.next === 0) return false;
		if (event.next < this.#at.offset - mostFall) return true;
		if (event.next > this.#at.offset) this.#at = { file: this.#at.file, offset: event.next };
		return false;
	}

	#translate(raw: RawEvent): BinlogEvent | undefined {
		const base: EventBase = { time: raw.timestamp, size: raw.size, next: raw.nextPosition };
		switch (raw.getEventName()) {
			case "rotate": {
				const { binlogName, position } = raw as RawEvent & { binlogName: string; position: number };
				return { ...base, kind: "rotate", position: { file: binlogName, offset: position } };
			}
			case "format":
				return { ...base, kind: "format" };
			case "mariadbgtid": {
				const { gtid, standalone } = raw as RawEvent & { gtid: string; standalone: boolean };
				return { ...base, kind: "gtid", gtid, standalone };
			}
			case "gtid":
			case "anonymousgtid":
				// A BEGIN that follows says that it is a transaction.
				return { ...base, kind: "gtid", gtid: "", standalone: true };
			case "tablemap":
				this.#describe(raw as RawTableMap);
				return undefined;
			case "writerows":
				return this.#rows(raw, base, "I");
			case "updaterows":
				return this.#rows(raw, base, "U");
			case "deleterows":
				return this.#rows(raw, base, "D");
			case "query": {
				const { schema, query } = raw as RawEvent & { schema: string; query: string };
				return { ...base, kind: "query", schema, sql: query };
			}
			case "xid":
				return { ...base, kind: "commit" };
			case "xaprepare": {
				const { onePhase, xidFormatId, xidGtrid, xidBqual } = raw as RawXaPrepare;
				return { ...base, kind: "prepare", onePhase, xid: xidText(xidFormatId, xidGtrid, xidBqual) };
			}
			default:
				return { ...base, kind: "other" };
		}
	}

	#rows(raw: RawEvent, base: EventBase, operation: "I" | "U" | "D"): BinlogEvent | undefined {
		const { tableId, rows } = raw as RawEvent & { tableId: number; rows: unknown };
		const table = this.#tables.get(tableId);
		if (table === undefined) return undefined;
		return { ...base, kind: "rows", operation, table, rows } as BinlogEvent;
	}

	/** A statement's tables are described right before its rows, in numbers that hold until they are used again. */
	#describe(raw: RawTableMap): void {
		const schemas = raw.tableMap[raw.tableId]?.columnSchemas ?? [];
		if (raw.columnNames === undefined) {
			this.#fail(new Error("the binlog has no column names (binlog_row_metadata is not FULL)"));
			return;
		}
		const columns = schemas.map((column) => ({ name: column.COLUMN_NAME, type: column.COLUMN_TYPE }));
		const key = (raw.primaryKey ?? []).map((index) => columns[index]?.name ?? "");
		const described = { schema: raw.schemaName, table: raw.tableName, columns, key };
		const name = tableId(described);
		const previous = this.#described.get(name);
		// The same object for the same description, so that it can be compared fast.
		const table = previous !== undefined && sameDescription(previous, described) ? previous : described;
		this.#described.set(name, table);
		this.#tables.set(raw.tableId, table);
	}
}

function sameDescription(a: BinlogTable, b: BinlogTable): boolean {
	return (
		a.columns.length === b.columns.length &&
		a.key.length === b.key.length &&
		a.columns.every(
			(column, index) => column.name === b.columns[index]?.name && column.type === b.columns[index]?.type,
		) &&
		a.key.every((name, index) => name === b.key[index])
	);
}
