import { inflateRawSync, inflateSync } from "node:zlib";
import { decompress } from "fzstd";
import { messageOf } from "../../../../common/errors.ts";
import { ByteReader, DecodeError } from "./byteReader.ts";

/** No server's events are longer. */
const mostBytes = 1024 * 1024 * 1024;

/** MariaDB: a byte 0x80 | n, the length in n bytes, high byte first, then zlib's format. */
export function inflateMariaDb(record: Buffer): Buffer {
	const reader = new ByteReader(record);
	const head = reader.u8();
	const lengthBytes = head & 7;
	if ((head & 0xf8) !== 0x80 || lengthBytes < 1 || lengthBytes > 4) {
		throw new DecodeError(`0x${head.toString(16)} does not begin a compressed record`);
	}
	return inflate(reader.rest(), readLength(reader.buffer, 1, lengthBytes), lengthBytes, false);
}

/** A value of a MariaDB COMPRESSED column: nothing, or a header byte and the raw or deflated bytes. */
export function inflateColumn(stored: Buffer): Buffer {
	if (stored.length === 0) return stored;
	const reader = new ByteReader(stored);
	const head = reader.u8();
	if (head === 0) return reader.rest();
	const lengthBytes = head & 7;
	if ((head & 0xf0) !== 0x80 || lengthBytes < 1 || lengthBytes > 4) {
		throw new DecodeError(`0x${head.toString(16)} does not begin a value of a compressed column`);
	}
	return inflate(reader.rest(), readLength(stored, 1, lengthBytes), lengthBytes, (head & 8) !== 0);
}

function readLength(buffer: Buffer, at: number, bytes: number): number {
	if (buffer.length < at + bytes) throw new DecodeError("a compressed record is truncated");
	return buffer.readUIntBE(at, bytes);
}

/** @param rest the length's bytes, and what is compressed. */
function inflate(rest: Buffer, length: number, lengthBytes: number, raw: boolean): Buffer {
	if (length > mostBytes) throw new DecodeError(`a compressed record declares ${length} bytes`);
	try {
		const options = { maxOutputLength: Math.max(1, length) };
		const input = rest.subarray(lengthBytes);
		const bytes = raw ? inflateRawSync(input, options) : inflateSync(input, options);
		if (bytes.length === length) return bytes;
	} catch (error) {
		throw new DecodeError(`a compressed record cannot be inflated: ${messageOf(error)}`, { cause: error });
	}
	throw new DecodeError("a compressed record does not have its declared length");
}

/** The events of a compressed transaction, one after the other, each with its header and without a checksum. */
export function readPayload(body: Buffer): Buffer[] {
	const reader = new ByteReader(body);
	let compression = 255;
	let length = 0;
	let size: number | undefined;
	for (let type = reader.lenenc(); type !== 0; type = reader.lenenc()) {
		const field = reader.part(reader.lenenc());
		if (type === 1) size = field.lenenc();
		else if (type === 2) compression = field.lenenc();
		else if (type === 3) length = field.lenenc();
	}
	const payload = reader.bytes(size ?? reader.left);
	return splitEvents(decompressPayload(payload, compression, length));
}

function decompressPayload(payload: Buffer, compression: number, length: number): Buffer {
	if (compression === 255) return payload;
	if (compression !== 0) throw new DecodeError(`a transaction has the unknown compression ${compression}`);
	if (length > mostBytes) throw new DecodeError(`a compressed transaction declares ${length} bytes`);
	let bytes: Uint8Array;
	try {
		bytes = decompress(payload);
	} catch (error) {
		throw new DecodeError(`a compressed transaction cannot be decompressed: ${messageOf(error)}`, { cause: error });
	}
	if (bytes.length !== length) throw new DecodeError("a compressed transaction does not have its declared length");
	return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

function splitEvents(bytes: Buffer): Buffer[] {
	const events: Buffer[] = [];
	let at = 0;
	while (at < bytes.length) {
		if (at + 19 > bytes.length) throw new DecodeError("a compressed transaction ends within a header");
		const length = bytes.readUInt32LE(at + 9);
		if (length < 19 || at + length > bytes.length)
			throw new DecodeError("a compressed transaction ends within an event");
		events.push(bytes.subarray(at, at + length));
		at += length;
	}
	return events;
}
