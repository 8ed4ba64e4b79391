import { ByteReader, DecodeError } from "./byteReader.ts";

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
