import { messageOf } from "../../../../common/errors.ts";
import { DecodeError } from "../decode/byteReader.ts";
import { readIncident, readRotate, readXaPrepare } from "../decode/controlEvents.ts";
import { type BinlogFrame, eventType, isIgnorable, isOfSession } from "../decode/eventFrame.ts";
import { readGtid, readMariaDbGtid, readTaggedGtid } from "../decode/gtidEvents.ts";
import { type QueryEvent, readLoadQuery, readQuery } from "../decode/queryEvent.ts";
import { isRowsEvent, openRows, rowsTableId } from "../decode/rowsEvent.ts";
import { xidText } from "../model/xid.ts";
import type { BinlogEvent } from "./binlogEvent.ts";
import type { CharsetCache } from "./charsetCache.ts";
import { type IsWanted, TableReaders } from "./tableReaders.ts";

/** Events without meaning for rows, among them those that go with statements and are read from the statement itself. */
const passed = new Set<number>([
	...[eventType.stop, eventType.intvar, eventType.rand, eventType.userVar, eventType.beginLoadQuery],
	...[eventType.rowsQuery, eventType.previousGtids, eventType.transactionContext, eventType.viewChange],
	...[eventType.heartbeat, eventType.heartbeatV2, eventType.annotateRows, eventType.binlogCheckpoint],
	...[eventType.gtidList, eventType.startEncryption],
	// Blocks of a file of LOAD DATA, and its removal.
	...[9, 11],
]);

/** MySQL's rows event that only ends a statement whose tables nobody knows has this number. */
const noTable = 0xff_ffff;
const none: readonly number[] = [];
/** utf8mb3: what a server that does not say its clients' character set has always used. */
const standardCollation = 33;

/** Turns events of the binlog into those that the replicator knows. */
export class EventTranslator {
	readonly #charsets: CharsetCache;
	readonly #tables: TableReaders;
	/** MariaDB: the statement that follows does not count. */
	#ignoresStatement = false;

	constructor(isWanted: IsWanted, charsets: CharsetCache) {
		this.#charsets = charsets;
		this.#tables = new TableReaders(charsets, isWanted);
	}

	/** @returns the collations that `translate` needs for this event, and that are not known yet. */
	missingCollations({ header, body }: BinlogFrame): readonly number[] {
		const needed = this.#neededCollations(header.type, body);
		return needed.length > 0 && this.#charsets.lacks(needed) ? needed : none;
	}

	/**
	 * @param next offset of the next event.
	 * @returns undefined where the event says nothing by itself.
	 * @throws DecodeError where an event that belongs to no table cannot be read.
	 */
	translate({ header, body }: BinlogFrame, next: number): BinlogEvent | undefined {
		const { type, length: size } = header;
		const time = header.time * 1000;
		// The events of which there are many are made in one step: to copy `base` into each takes longer than all else here.
		switch (type) {
			case eventType.tableMap:
				this.#tables.describe(body);
				return undefined;
			case eventType.mariadbGtid: {
				const { gtid, standalone, alter } = readMariaDbGtid(body, header.serverId);
				this.#ignoresStatement = alter === "start" || alter === "rollback";
				return { kind: "gtid", time, size, next, gtid, standalone };
			}
			case eventType.gtid:
			case eventType.anonymousGtid:
				readGtid(body, type === eventType.anonymousGtid);
				return mysqlGroup(time, size, next);
			case eventType.xid:
				return { kind: "commit", time, size, next };
		}
		const base = { time, size, next };
		if (isRowsEvent(type)) return this.#rows(type, body, base);
		switch (type) {
			case eventType.rotate:
				return { ...base, kind: "rotate", position: readRotate(body) };
			case eventType.format:
				return { ...base, kind: "format" };
			case eventType.taggedGtid:
				readTaggedGtid(body);
				return mysqlGroup(time, size, next);
			case eventType.query:
			case eventType.queryCompressed:
				return this.#statement(readQuery(body, type === eventType.queryCompressed), base, isOfSession(header));
			case eventType.executeLoadQuery:
				return this.#statement(readLoadQuery(body), base, isOfSession(header));
			case eventType.xaPrepare: {
				const { onePhase, format, gtrid, bqual } = readXaPrepare(body);
				return { ...base, kind: "prepare", onePhase, xid: xidText(format, gtrid, bqual) };
			}
			case eventType.incident: {
				const { number, text } = readIncident(body);
				return { ...base, kind: "incident", reason: text === "" ? `incident ${number}` : text };
			}
			default:
				if (passed.has(type) || isIgnorable(header)) return { ...base, kind: "other" };
				throw new DecodeError(`unknown event type ${type}`);
		}
	}

	#neededCollations(type: number, body: Buffer): readonly number[] {
		if (type === eventType.tableMap) return this.#tables.collationsOf(body);
		if (type === eventType.query || type === eventType.queryCompressed) {
			return [readQuery(body, type === eventType.queryCompressed).collation ?? standardCollation];
		}
		if (type === eventType.executeLoadQuery) return [readLoadQuery(body).collation ?? standardCollation];
		return none;
	}

	#statement({ schema, sql, collation, sqlMode }: QueryEvent, base: Base, ofSession: boolean): BinlogEvent {
		if (this.#ignoresStatement) {
			this.#ignoresStatement = false;
			return { ...base, kind: "query", schema, sql: "", sqlMode, ofSession };
		}
		const charset = this.#charsets.ofCollation(collation ?? standardCollation);
		if (charset === undefined) throw new DecodeError(`a statement has the unknown collation ${collation}`);
		// A client of the character set "binary" names tables in bytes that the server takes for UTF-8.
		const text = charset.name === "binary" ? sql.toString("utf8") : charset.decode(sql);
		return { ...base, kind: "query", schema, sql: text, sqlMode, ofSession };
	}

	#rows(type: number, body: Buffer, base: Base): BinlogEvent | undefined {
		const number = rowsTableId(body);
		const mapped = this.#tables.get(number);
		if (mapped === undefined) {
			if (number === noTable) return undefined;
			throw new DecodeError(`rows refer to table number ${number}, which was not described before`);
		}
		if (mapped.kind === "unwanted") return undefined;
		if (mapped.kind === "broken") {
			const { name: table, reason, cause } = mapped;
			return { ...base, kind: "unread", table, reason, cause };
		}
		const { table } = mapped;
		try {
			const rows = openRows(type, body, mapped.reader);
			if (!rows.complete) return { ...base, kind: "unread", table, reason: partialImage, cause: "incomplete" };
			return { kind: "rows", time: base.time, size: base.size, next: base.next, table, rows };
		} catch (error) {
			if (!(error instanceof DecodeError)) throw error;
			return { ...base, kind: "unread", table, reason: messageOf(error), cause: "undecodable" };
		}
	}
}

type Base = Pick<BinlogEvent, "time" | "size" | "next">;

const partialImage = "a session did not log all columns of its rows (its binlog_row_image is not FULL)";

/** A BEGIN that follows says that it is a transaction of several events. */
function mysqlGroup(time: number, size: number, next: number): BinlogEvent {
	return { kind: "gtid", time, size, next, gtid: "", standalone: true };
}
