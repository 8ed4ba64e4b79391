import { mysqlType } from "../../model/mysqlType.ts";
import { ByteReader, DecodeError } from "../byteReader.ts";
import { readDecimal } from "../decimal.ts";
import { packedDate, packedDatetime, packedTime } from "../temporal.ts";
import { doubleText, type JsonValue, quoteJson } from "./jsonValue.ts";

/** https://github.com/mysql/mysql-server/blob/trunk/sql-common/json_binary.h */
const jsonType = {
	smallObject: 0,
	largeObject: 1,
	smallArray: 2,
	largeArray: 3,
	literal: 4,
	int16: 5,
	uint16: 6,
	int32: 7,
	uint32: 8,
	int64: 9,
	uint64: 10,
	double: 11,
	string: 12,
	opaque: 15,
} as const;

/** The server's own limit is 100. */
const mostDepth = 128;

/**
 * A JSON value as MySQL stores it. No bytes are the null that a column NOT NULL without a value has.
 * @throws DecodeError where the bytes are damaged.
 */
export function readBinaryJson(bytes: Buffer): JsonValue {
	if (bytes.length === 0) return "null";
	return new Document(bytes).value(bytes.readUInt8(0), 1, bytes.length, 0);
}

class Document {
	readonly #bytes: Buffer;
	/** Damaged offsets may lead to the same bytes again and again; whole ones lead to each byte once. */
	#left: number;

	constructor(bytes: Buffer) {
		this.#bytes = bytes;
		this.#left = bytes.length;
	}

	value(type: number, start: number, end: number, depth: number): JsonValue {
		this.#left -= 1;
		if (this.#left < 0) throw new DecodeError("JSON has more values than bytes");
		if (depth > mostDepth) throw new DecodeError("JSON is nested too deeply");
		if (type <= jsonType.largeArray) return this.#container(type, start, end, depth);
		return scalar(type, new ByteReader(this.#bytes, start, end));
	}

	#container(type: number, start: number, outerEnd: number, depth: number): JsonValue {
		const large = type === jsonType.largeObject || type === jsonType.largeArray;
		const isObject = type === jsonType.smallObject || type === jsonType.largeObject;
		const width = large ? 4 : 2;
		const reader = new ByteReader(this.#bytes, start, outerEnd);
		const count = reader.uint(width);
		const size = reader.uint(width);
		if (size > outerEnd - start) throw new DecodeError("JSON ends within a container");
		const end = start + size;
		if (count * ((isObject ? width + 2 : 0) + 1 + width) > size) {
			throw new DecodeError("a JSON container declares more members than fit into it");
		}
		const names = isObject ? Array.from({ length: count }, () => this.#name(reader, width, start, end)) : [];
		const items: JsonValue[] = [];
		for (let index = 0; index < count; index += 1) {
			const itemType = reader.u8();
			const slot = reader.take(width);
			if (isInline(itemType, large)) {
				items.push(this.value(itemType, slot, slot + width, depth + 1));
				continue;
			}
			const offset = this.#bytes.readUIntLE(slot, width);
			if (offset < 2 * width || offset >= size) throw new DecodeError("JSON points outside its container");
			items.push(this.value(itemType, start + offset, end, depth + 1));
		}
		if (!isObject) return { kind: "array", items };
		const members = new Map<string, JsonValue>();
		for (const [index, name] of names.entries()) members.set(name, items[index] ?? "null");
		return { kind: "object", members };
	}

	#name(reader: ByteReader, width: number, start: number, end: number): string {
		const offset = reader.uint(width);
		const length = reader.u16();
		if (start + offset + length > end) throw new DecodeError("JSON points outside its container");
		return this.#bytes.toString("utf8", start + offset, start + offset + length);
	}
}

/** Small values stand where others have their offset. */
function isInline(type: number, large: boolean): boolean {
	if (type === jsonType.literal || type === jsonType.int16 || type === jsonType.uint16) return true;
	return large && (type === jsonType.int32 || type === jsonType.uint32);
}

const literals = ["null", "true", "false"];

function scalar(type: number, reader: ByteReader): string {
	switch (type) {
		case jsonType.literal: {
			const value = reader.u8();
			const text = literals[value];
			if (text === undefined) throw new DecodeError(`JSON has an unknown literal ${value}`);
			return text;
		}
		case jsonType.int16:
			return String(reader.i16());
		case jsonType.uint16:
			return String(reader.u16());
		case jsonType.int32:
			return String(reader.i32());
		case jsonType.uint32:
			return String(reader.u32());
		case jsonType.int64:
			return String(reader.i64());
		case jsonType.uint64:
			return String(reader.u64());
		case jsonType.double:
			return doubleText(reader.buffer.readDoubleLE(reader.take(8)));
		case jsonType.string:
			return quoteJson(reader.bytes(varLength(reader)).toString("utf8"));
		case jsonType.opaque: {
			const fieldType = reader.u8();
			return opaque(fieldType, reader.bytes(varLength(reader)));
		}
		default:
			throw new DecodeError(`JSON has a value of unknown type ${type}`);
	}
}

/** Seven bits a byte, the lowest first. */
function varLength(reader: ByteReader): number {
	let length = 0;
	for (let shift = 0; shift < 35; shift += 7) {
		const byte = reader.u8();
		length += (byte & 0x7f) * 2 ** shift;
		if (byte < 0x80) return length;
	}
	throw new DecodeError("a length in JSON does not end");
}

/** A value that JSON has no type for. */
function opaque(type: number, bytes: Buffer): string {
	const reader = new ByteReader(bytes);
	switch (type) {
		case mysqlType.newDecimal: {
			const precision = reader.u8();
			const scale = reader.u8();
			if (scale > precision) throw new DecodeError(`JSON has a DECIMAL(${precision},${scale})`);
			return readDecimal(reader, precision, scale);
		}
		case mysqlType.date:
			return `"${packedDate(reader.i64())}"`;
		case mysqlType.time:
			return `"${packedTime(reader.i64())}"`;
		case mysqlType.datetime:
		case mysqlType.timestamp:
			return `"${packedDatetime(reader.i64())}"`;
		default:
			return quoteJson(`base64:type${type}:${base64(bytes)}`);
	}
}

/** In lines of 76 characters. */
function base64(bytes: Buffer): string {
	return bytes.toString("base64").replace(/.{76}(?=.)/g, "$&\n");
}
