import { ByteReader, DecodeError } from "./byteReader.ts";

export interface FormatEvent {
	binlogVersion: number;
	serverVersion: string;
	/** Seconds since 1970; 0 where the server does not say it. */
	created: number;
}

export function readFormat(body: Buffer): FormatEvent {
	const reader = new ByteReader(body);
	const binlogVersion = reader.u16();
	if (binlogVersion !== 4) throw new DecodeError(`the binlog has version ${binlogVersion}, not 4`);
	const serverVersion = reader.bytes(50).toString("latin1").replace(/\0.*$/s, "");
	return { binlogVersion, serverVersion, created: reader.u32() };
}

export function readRotate(body: Buffer): { file: string; offset: number } {
	const reader = new ByteReader(body);
	const offset = reader.size64();
	const file = reader.rest().toString("utf8");
	// Servers number their files: https://dev.mysql.com/doc/refman/8.4/en/binary-log.html
	if (!/^[^\p{Cc}\ufffd]*\.\d+$/u.test(file) || offset < 4) throw new DecodeError("a rotate event names no file");
	return { file, offset };
}

/** An XA transaction that is prepared, or committed in one phase. */
export function readXaPrepare(body: Buffer): { onePhase: boolean; format: number; gtrid: Buffer; bqual: Buffer } {
	const reader = new ByteReader(body);
	const onePhase = reader.u8() !== 0;
	const format = reader.i32();
	const gtridLength = reader.u32();
	const bqualLength = reader.u32();
	return { onePhase, format, gtrid: reader.bytes(gtridLength), bqual: reader.bytes(bqualLength) };
}

/** The source knows that events are missing here. */
export function readIncident(body: Buffer): { number: number; text: string } {
	const reader = new ByteReader(body);
	return { number: reader.u16(), text: reader.left > 0 ? reader.counted(1).toString("utf8") : "" };
}

/** Version 1: the file's name; the position is in the header. */
export function readHeartbeat(body: Buffer): { file: string } {
	const zero = body.indexOf(0);
	return { file: (zero < 0 ? body : body.subarray(0, zero)).toString("utf8") };
}

/** MySQL, for those who ask for it: fields with type and length. */
export function readHeartbeatV2(body: Buffer): { file: string; offset: number } {
	const reader = new ByteReader(body);
	const result = { file: "", offset: 0 };
	while (reader.left > 0) {
		const type = reader.lenenc();
		if (type === 0) break;
		const field = reader.part(reader.lenenc());
		if (type === 1) result.file = field.rest().toString("utf8");
		else if (type === 2) result.offset = field.lenenc();
	}
	return result;
}
