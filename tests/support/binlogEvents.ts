import { crc32 } from "node:zlib";
import { CharsetCache } from "../../cli/engines/local/replication/binlog/charsetCache.ts";
import { type Charset, unicodeCharset } from "../../cli/engines/local/replication/decode/charset.ts";

export const hex = (digits: string): Buffer => Buffer.from(digits.replaceAll(/\s/g, ""), "hex");

/** An event as a source sends it. @param next offset of the one after it. */
export function binlogEvent(type: number, next: number, body: Buffer, checksum = true, flags = 0): Buffer {
	const header = Buffer.alloc(19);
	header.writeUInt8(type, 4);
	header.writeUInt32LE(19 + body.length + (checksum ? 4 : 0), 9);
	header.writeUInt32LE(next, 13);
	header.writeUInt16LE(flags, 17);
	const bytes = Buffer.concat([header, body]);
	return checksum ? withChecksum(Buffer.concat([bytes, Buffer.alloc(4)])) : bytes;
}

/** Makes length and checksum those of the bytes. */
export function withChecksum(event: Buffer): Buffer {
	event.writeUInt32LE(event.length, 9);
	event.writeUInt32LE(crc32(event.subarray(0, -4)), event.length - 4);
	return event;
}

export function rotateEvent(file: string, offset: number): Buffer {
	const position = Buffer.alloc(8);
	position.writeBigUInt64LE(BigInt(offset));
	return binlogEvent(4, 0, Buffer.concat([position, Buffer.from(file)]), false, 0x20);
}

/** Says that events have checksums. */
export function formatEvent(next: number): Buffer {
	return binlogEvent(15, next, Buffer.concat([Buffer.alloc(99), Buffer.from([1])]));
}

/** Types and bodies of a transaction of MariaDB that inserts a row into a table of `shop`: a INT UNSIGNED key, b VARCHAR(10), j JSON. */
export function insertion(number: number, table: string): [type: number, body: Buffer][] {
	const id = `0${number}0000000000`;
	const name = `04 ${Buffer.from("shop").toString("hex")} 00 01 ${Buffer.from(table).toString("hex")} 00`;
	const metadata = "01 01 80 02 01 2d 04 06 01 61 01 62 01 6a 08 01 00";
	return [
		[162, hex(`0${number}00000000000000 00000000 00 000000000000`)],
		[19, hex(`${id} 0100 ${name} 03 03 0f f5 03 2800 04 06 ${metadata}`)],
		[23, hex(`${id} 0100 03 ff 00 0${number}000000 02 c3a9 03000000 050100`)],
		[16, hex("0700000000000000")],
	];
}

/** Character sets of which nobody is asked. */
export class KnownCharsets extends CharsetCache {
	constructor() {
		super({ host: "nowhere", port: 1, user: "", password: "", schemas: [], tls: "DISABLED" });
	}

	override ofCollation(collation: number): Charset | undefined {
		return unicodeCharset(collation === 63 ? "binary" : "utf8mb4");
	}

	override lacks(): boolean {
		return false;
	}
}
