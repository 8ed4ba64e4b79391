import { ByteReader, DecodeError } from "./byteReader.ts";

/** The beginning of a transaction of MySQL. */
export interface MySqlGtid {
	/** `uuid:number` or `uuid:tag:number`; empty for an anonymous transaction. */
	gtid: string;
	/** Whether rows may have been changed by statements. */
	mayHoldStatements: boolean;
}

export interface MariaDbGtid {
	/** `domain-server-sequence`. */
	gtid: string;
	/** A group of one event, without a commit. */
	standalone: boolean;
	/** MariaDB logs an ALTER twice where binlog_alter_two_phase is on; only the commit says that it was done. */
	alter: "none" | "start" | "commit" | "rollback";
}

export function readGtid(body: Buffer, anonymous: boolean): MySqlGtid {
	const reader = new ByteReader(body);
	const flags = reader.u8();
	const uuid = uuidText(reader.bytes(16));
	const number = reader.i64();
	return { gtid: anonymous ? "" : `${uuid}:${number}`, mayHoldStatements: (flags & 1) !== 0 };
}

/** MySQL since 8.3, for transactions with a tag: fields with their numbers, in order, each of a type that its number says. */
export function readTaggedGtid(body: Buffer): MySqlGtid {
	const reader = new ByteReader(body);
	readVarint(reader);
	readVarint(reader);
	readVarint(reader);
	let flags = 0n;
	let uuid = "";
	let number = 0n;
	let tag = "";
	for (let last = -1; reader.left > 0 && last < 3; ) {
		const id = Number(readVarint(reader));
		if (id <= last) throw new DecodeError("the fields of a tagged GTID are out of order");
		last = id;
		if (id === 0) flags = readVarint(reader);
		else if (id === 1)
			uuid = uuidText(Buffer.from(Array.from({ length: 16 }, () => Number(readVarint(reader) & 0xffn))));
		else if (id === 2) number = readSignedVarint(reader);
		else if (id === 3) tag = reader.bytes(Number(readVarint(reader))).toString("latin1");
	}
	if (uuid === "") throw new DecodeError("a tagged GTID has no UUID");
	return { gtid: [uuid, tag, number].filter((part) => part !== "").join(":"), mayHoldStatements: (flags & 1n) !== 0n };
}

/** The number of trailing 1 bits of the first byte is that of the bytes that follow. */
function readVarint(reader: ByteReader): bigint {
	const first = reader.u8();
	let more = 0;
	while (more < 8 && (first & (1 << more)) !== 0) more += 1;
	let value = BigInt(first);
	for (let index = 1; index <= more; index += 1) value |= BigInt(reader.u8()) << BigInt(8 * index);
	return more === 8 ? value >> 8n : value >> BigInt(more + 1);
}

/** The sign is the lowest bit. */
function readSignedVarint(reader: ByteReader): bigint {
	const value = readVarint(reader);
	return (value & 1n) === 0n ? value >> 1n : -(value >> 1n) - 1n;
}

export function readMariaDbGtid(body: Buffer, serverId: number): MariaDbGtid {
	const reader = new ByteReader(body);
	const low = reader.u32();
	const high = reader.u32();
	// A bigint only where a number would not be exact.
	const sequence = high < 0x20_0000 ? high * 2 ** 32 + low : (BigInt(high) << 32n) | BigInt(low);
	const domain = reader.u32();
	const flags = reader.u8();
	const gtid = `${domain}-${serverId}-${sequence}`;
	if ((flags & 0x02) !== 0) reader.skip(8);
	if ((flags & (0x40 | 0x80)) !== 0) {
		reader.skip(4);
		const gtridLength = reader.u8();
		reader.skip(gtridLength + reader.u8());
	}
	// The fixed part of the event is padded; an event without extra flags has zeros or nothing there.
	const extra = reader.left > 0 ? reader.u8() : 0;
	const alter = (extra & 2) !== 0 ? "start" : (extra & 4) !== 0 ? "commit" : (extra & 8) !== 0 ? "rollback" : "none";
	return { gtid, standalone: (flags & 1) !== 0, alter };
}

function uuidText(bytes: Buffer): string {
	return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
