import { ByteReader, DecodeError } from "./byteReader.ts";
import { inflateMariaDb } from "./compression.ts";

export interface QueryEvent {
	/** The session's default schema. */
	schema: string;
	/** In the character set of `collation`. */
	sql: Buffer;
	/** The collation of character_set_client; undefined where the server does not say it. */
	collation: number | undefined;
	/** time_zone of the session; undefined where the statement did not use it. */
	timeZone: string | undefined;
	sqlMode: bigint | undefined;
}

/** @param compressed MariaDB: the statement is compressed. */
export function readQuery(body: Buffer, compressed: boolean): QueryEvent {
	const { reader, schemaLength, statusLength } = readStart(body);
	const event = readSession(reader, schemaLength, statusLength);
	const rest = reader.rest();
	return { ...event, sql: compressed ? inflateMariaDb(rest) : rest };
}

/** LOAD DATA in statement format: the statement stands after the file's number and the place of its name. */
export function readLoadQuery(body: Buffer): QueryEvent {
	const { reader, schemaLength, statusLength } = readStart(body);
	reader.skip(4 + 4 + 4 + 1);
	return { ...readSession(reader, schemaLength, statusLength), sql: reader.rest() };
}

function readStart(body: Buffer): { reader: ByteReader; schemaLength: number; statusLength: number } {
	const reader = new ByteReader(body);
	// Thread and seconds it took.
	reader.skip(8);
	const schemaLength = reader.u8();
	// The error that it ended with.
	reader.skip(2);
	return { reader, schemaLength, statusLength: reader.u16() };
}

function readSession(reader: ByteReader, schemaLength: number, statusLength: number): Omit<QueryEvent, "sql"> {
	const status = readStatus(reader.part(statusLength));
	const schema = reader.bytes(schemaLength).toString("utf8");
	if (reader.u8() !== 0) throw new DecodeError("the schema of a statement does not end with a 0 byte");
	return { schema, ...status };
}

/** Bytes of status variables whose size is fixed, by code. */
const fixedSizes = new Map<number, number>([
	...([
		[0, 4],
		[3, 4],
		[7, 2],
		[8, 2],
		[9, 8],
		[10, 4],
		[13, 3],
		[16, 1],
		[17, 8],
		[18, 2],
		[19, 1],
		[20, 1],
	] as const),
	...([
		[128, 3],
		[129, 8],
	] as const),
]);

/**
 * Status variables have a code and no length; one that is not known hides all that follow it.
 * https://github.com/mysql/mysql-server/blob/trunk/libs/mysql/binlog/event/statement_events.cpp
 */
function readStatus(reader: ByteReader): Pick<QueryEvent, "collation" | "timeZone" | "sqlMode"> {
	let collation: number | undefined;
	let timeZone: string | undefined;
	let sqlMode: bigint | undefined;
	while (reader.left > 0) {
		const code = reader.u8();
		const fixed = fixedSizes.get(code);
		if (fixed !== undefined) reader.skip(fixed);
		else if (code === 1) sqlMode = reader.u64();
		else if (code === 2) reader.skip(reader.u8() + 1);
		else if (code === 4) {
			collation = reader.u16();
			reader.skip(4);
		} else if (code === 5) timeZone = reader.counted(1).toString("latin1");
		else if (code === 6) reader.counted(1);
		else if (code === 11) {
			reader.counted(1);
			reader.counted(1);
		} else if (code === 12) skipDatabases(reader);
		else if (code === 130) skipMariaDbFlags(reader);
		else if (code === 131) reader.skip(4 * reader.u8());
		else break;
	}
	return { collation, timeZone, sqlMode };
}

/** 254: too many to be listed. */
function skipDatabases(reader: ByteReader): void {
	const count = reader.u8();
	if (count === 254) return;
	for (let index = 0; index < count; index += 1) while (reader.u8() !== 0);
}

function skipMariaDbFlags(reader: ByteReader): void {
	if ((reader.u8() & (4 | 8)) !== 0) reader.skip(8);
}
