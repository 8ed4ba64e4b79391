import { crc32 } from "node:zlib";
import { DecodeError } from "./byteReader.ts";

/** Types of events that are read; sources: libs/mysql/binlog/event/binlog_event.h of MySQL, sql/log_event.h of MariaDB. */
export const eventType = {
	query: 2,
	stop: 3,
	rotate: 4,
	intvar: 5,
	rand: 13,
	userVar: 14,
	format: 15,
	xid: 16,
	beginLoadQuery: 17,
	executeLoadQuery: 18,
	tableMap: 19,
	incident: 26,
	heartbeat: 27,
	rowsQuery: 29,
	gtid: 33,
	anonymousGtid: 34,
	previousGtids: 35,
	transactionContext: 36,
	viewChange: 37,
	xaPrepare: 38,
	partialUpdate: 39,
	transactionPayload: 40,
	heartbeatV2: 41,
	taggedGtid: 42,
	annotateRows: 160,
	binlogCheckpoint: 161,
	mariadbGtid: 162,
	gtidList: 163,
	startEncryption: 164,
	queryCompressed: 165,
} as const;

const flagArtificial = 0x20;
const flagThreadSpecific = 0x4;
const flagIgnorable = 0x80;
const headerLength = 19;
const checksumLength = 4;

export interface EventHeader {
	/** Seconds since 1970. */
	time: number;
	type: number;
	serverId: number;
	/** Bytes in the binlog, with header and checksum. */
	length: number;
	/** The low 32 bits of the next event's offset; 0 where there is none. */
	next: number;
	flags: number;
}

export interface BinlogFrame {
	header: EventHeader;
	/** What is between header and checksum. */
	body: Buffer;
}

/** Made by the server for this connection, and in no file. */
export function isArtificial({ flags }: EventHeader): boolean {
	return (flags & flagArtificial) !== 0;
}

/** A statement that used a temporary table, and so means something in its session only. */
export function isOfSession({ flags }: EventHeader): boolean {
	return (flags & flagThreadSpecific) !== 0;
}

/** An event that readers which do not know it may skip. */
export function isIgnorable({ flags }: EventHeader): boolean {
	return (flags & flagIgnorable) !== 0;
}

export function readHeader(event: Buffer): EventHeader {
	if (event.length < headerLength) throw new DecodeError(`an event has ${event.length} bytes`);
	const time = event.readUInt32LE(0);
	const type = event.readUInt8(4);
	const serverId = event.readUInt32LE(5);
	const length = event.readUInt32LE(9);
	const next = event.readUInt32LE(13);
	const flags = event.readUInt16LE(17);
	if (length !== event.length) {
		throw new DecodeError(`an event of type ${type} declares ${length} bytes, but has ${event.length}`);
	}
	return { time, type, serverId, length, next, flags };
}

/** Takes header and checksum from events, by the algorithm that the last format event named. */
export class Framer {
	/** Undefined until a format event was seen. */
	#checksummed: boolean | undefined;

	/** @throws DecodeError where the event is cut, or its checksum is not that of its bytes. */
	frame(event: Buffer): BinlogFrame {
		const header = readHeader(event);
		if (header.type === eventType.format) return this.#format(header, event);
		// The file that is announced may have another algorithm than the one before.
		const announces = header.type === eventType.rotate && isArtificial(header);
		const strip = this.#checksummed === undefined || announces ? hasChecksum(event) : this.#checksummed;
		if (strip && !hasChecksum(event)) {
			throw new DecodeError(`the checksum of an event of type ${header.type} does not match its bytes`);
		}
		return { header, body: event.subarray(headerLength, event.length - (strip ? checksumLength : 0)) };
	}

	/** It always ends with the algorithm and four bytes of checksum, which are not one with algorithm 0. */
	#format(header: EventHeader, event: Buffer): BinlogFrame {
		if (event.length < headerLength + 57 + 1 + checksumLength) throw new DecodeError("a format event is truncated");
		const algorithm = event.readUInt8(event.length - checksumLength - 1);
		if (algorithm > 1) throw new DecodeError(`unknown checksum algorithm ${algorithm}`);
		this.#checksummed = algorithm === 1;
		if (this.#checksummed && !hasChecksum(event)) {
			throw new DecodeError("the checksum of a format event does not match its bytes");
		}
		return { header, body: event.subarray(headerLength, event.length - checksumLength) };
	}
}

/** An event inside a transaction payload: it has no checksum. */
export function frameInPayload(event: Buffer): BinlogFrame {
	return { header: readHeader(event), body: event.subarray(headerLength) };
}

function hasChecksum(event: Buffer): boolean {
	const end = event.length - checksumLength;
	return end >= headerLength && crc32(event.subarray(0, end)) === event.readUInt32LE(end);
}
