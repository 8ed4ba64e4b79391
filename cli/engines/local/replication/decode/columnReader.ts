import { isUtf8 } from "node:buffer";
import { mysqlType } from "../model/mysqlType.ts";
import { type ByteReader, DecodeError } from "./byteReader.ts";
import { binaryCharset, type Charset, type Charsets } from "./charset.ts";
import { inflateColumn } from "./compression.ts";
import { readDecimal } from "./decimal.ts";
import { readBinaryJson } from "./json/binaryJson.ts";
import { jsonText } from "./json/jsonValue.ts";
import type { MappedColumn } from "./tableMap.ts";
import {
	readDate,
	readDatetime2,
	readOldDatetime,
	readOldTime,
	readOldTimestamp,
	readTime2,
	readTimestamp2,
	readYear,
} from "./temporal.ts";

/** A value of a row: numbers exact, all else as the server prints it, bytes as they are. */
export type Value = number | bigint | string | Buffer | null;

export interface ColumnReader {
	/** The type as INFORMATION_SCHEMA.COLUMNS.COLUMN_TYPE spells it, without members. */
	declared: string;
	/** Reads a value that is not null. */
	read(reader: ByteReader): Value;
	/** Of texts and bytes that are stored as they are. */
	counted?: CountedBytes;
}

/** Bytes after their length. */
export interface CountedBytes {
	lengthBytes: number;
	/** Undefined where they are not text. */
	charset: Charset | undefined;
}

/** The collation of bytes that are not text. */
const binaryCollation = 63;

/** @throws DecodeError where a type or a character set is not known. */
export function columnReader(column: MappedColumn, charsets: Charsets): ColumnReader {
	return numberReader(column) ?? timeReader(column) ?? bytesReader(column, charsets) ?? unknown(column);
}

function unknown(column: MappedColumn): never {
	throw new DecodeError(`column ${column.name}: unknown type ${column.type}`);
}

function numberReader(column: MappedColumn): ColumnReader | undefined {
	const { type, unsigned, precision, scale, length } = column;
	const integer = (name: string, signed: ColumnReader["read"], other: ColumnReader["read"]): ColumnReader => {
		return unsigned ? { declared: `${name} unsigned`, read: other } : { declared: name, read: signed };
	};
	switch (type) {
		case mysqlType.tiny:
			return integer(
				"tinyint",
				(reader) => reader.i8(),
				(reader) => reader.u8(),
			);
		case mysqlType.short:
			return integer(
				"smallint",
				(reader) => reader.i16(),
				(reader) => reader.u16(),
			);
		case mysqlType.int24:
			return integer(
				"mediumint",
				(reader) => reader.i24(),
				(reader) => reader.u24(),
			);
		case mysqlType.long:
			return integer(
				"int",
				(reader) => reader.i32(),
				(reader) => reader.u32(),
			);
		case mysqlType.longlong:
			return integer(
				"bigint",
				(reader) => reader.i64(),
				(reader) => reader.u64(),
			);
		case mysqlType.float:
			return { declared: "float", read: (reader) => reader.buffer.readFloatLE(reader.take(4)) };
		case mysqlType.double:
			return { declared: "double", read: (reader) => reader.buffer.readDoubleLE(reader.take(8)) };
		case mysqlType.newDecimal:
			return { declared: `decimal(${precision},${scale})`, read: (reader) => readDecimal(reader, precision, scale) };
		case mysqlType.bit:
			return { declared: `bit(${length})`, read: (reader) => copy(reader.bytes((length + 7) >> 3)) };
		default:
			return undefined;
	}
}

function timeReader({ type, scale }: MappedColumn): ColumnReader | undefined {
	const scaled = (name: string): string => (scale === 0 ? name : `${name}(${scale})`);
	switch (type) {
		case mysqlType.year:
			return { declared: "year", read: readYear };
		case mysqlType.date:
		case mysqlType.newDate:
			return { declared: "date", read: readDate };
		case mysqlType.time2:
			return { declared: scaled("time"), read: (reader) => readTime2(reader, scale) };
		case mysqlType.datetime2:
			return { declared: scaled("datetime"), read: (reader) => readDatetime2(reader, scale) };
		case mysqlType.timestamp2:
			return { declared: scaled("timestamp"), read: (reader) => readTimestamp2(reader, scale) };
		case mysqlType.time:
			return { declared: "time", read: readOldTime };
		case mysqlType.datetime:
			return { declared: "datetime", read: readOldDatetime };
		case mysqlType.timestamp:
			return { declared: "timestamp", read: readOldTimestamp };
		default:
			return undefined;
	}
}

const blobNames = ["", "tiny", "", "medium", "long"];

function bytesReader(column: MappedColumn, charsets: Charsets): ColumnReader | undefined {
	const { type, length } = column;
	const lengthBytes = length > 255 ? 2 : 1;
	switch (type) {
		case mysqlType.varchar:
			return textReader(column, charsets, `varchar(${length})`, `varbinary(${length})`, lengthBytes);
		case mysqlType.varcharCompressed:
			return textReader(column, charsets, `varchar(${length})`, `varbinary(${length})`, (reader) =>
				inflateColumn(reader.counted(lengthBytes)),
			);
		case mysqlType.string:
			return fixedReader(column, charsets, lengthBytes);
		case mysqlType.blob:
		case mysqlType.blobCompressed: {
			const size = blobNames[length];
			if (size === undefined || length === 0) throw new DecodeError(`a BLOB has ${length} bytes of length`);
			const read = (reader: ByteReader): Buffer => inflateColumn(reader.counted(length));
			return textReader(column, charsets, `${size}text`, `${size}blob`, type === mysqlType.blob ? length : read);
		}
		case mysqlType.json:
			return { declared: "json", read: (reader) => jsonText(readBinaryJson(reader.counted(4))) };
		case mysqlType.geometry:
			return binaryReader("geometry", length);
		case mysqlType.vector:
			return binaryReader("vector", length);
		case mysqlType.enum:
			return enumReader(column, charsets);
		case mysqlType.set:
			return setReader(column, charsets);
		default:
			return undefined;
	}
}

/** @param bytes how they are read, or in how many bytes their length is before them. */
function textReader(
	column: MappedColumn,
	charsets: Charsets,
	text: string,
	binary: string,
	bytes: number | ((reader: ByteReader) => Buffer),
): ColumnReader {
	const charset = charsetOf(column, charsets);
	if (typeof bytes === "number") {
		if (charset.name === binaryCharset) return binaryReader(binary, bytes);
		return countedReader(text, bytes, charset);
	}
	if (charset.name === binaryCharset) return { declared: binary, read: (reader) => copy(bytes(reader)) };
	return { declared: text, read: (reader) => charset.decode(bytes(reader)) };
}

function countedReader(declared: string, lengthBytes: number, charset: Charset): ColumnReader {
	return {
		declared,
		read: (reader) => charset.decode(reader.counted(lengthBytes)),
		counted: { lengthBytes, charset },
	};
}

function binaryReader(declared: string, lengthBytes: number): ColumnReader {
	return {
		declared,
		read: (reader) => copy(reader.counted(lengthBytes)),
		counted: { lengthBytes, charset: undefined },
	};
}

/** CHAR and BINARY: trailing blanks are not stored, nor are BINARY's trailing zeros, which belong to its value. */
function fixedReader(column: MappedColumn, charsets: Charsets, lengthBytes: number): ColumnReader {
	const { length } = column;
	const charset = charsetOf(column, charsets);
	if (charset.name !== binaryCharset) {
		return countedReader(`char(${length})`, lengthBytes, charset);
	}
	return {
		declared: `binary(${length})`,
		read: (reader) => {
			const stored = reader.counted(lengthBytes);
			if (stored.length > length) throw new DecodeError(`a BINARY(${length}) has ${stored.length} bytes`);
			const value = Buffer.alloc(length);
			stored.copy(value);
			return value;
		},
	};
}

/** Index 0 is a value that was not valid, which prints as nothing. */
function enumReader(column: MappedColumn, charsets: Charsets): ColumnReader {
	const members = ["", ...membersOf(column, charsets)];
	return {
		declared: "enum",
		read: (reader) => {
			const index = reader.uint(column.length);
			const member = members[index];
			if (member === undefined)
				throw new DecodeError(`an ENUM of ${members.length - 1} members has the index ${index}`);
			return member;
		},
	};
}

function setReader(column: MappedColumn, charsets: Charsets): ColumnReader {
	const members = membersOf(column, charsets);
	if (column.length > 8) throw new DecodeError(`a SET has ${column.length} bytes`);
	return {
		declared: "set",
		read: (reader) => {
			const bits = reader.bytes(column.length);
			const found = members.filter((_, index) => (bits.readUInt8(index >> 3) & (1 << (index & 7))) !== 0);
			return found.join(",");
		},
	};
}

/** Members of an ENUM or SET, in order. */
export function membersOf(column: MappedColumn, charsets: Charsets): string[] {
	if (column.members === undefined)
		throw new DecodeError(`column ${column.name}: the binlog does not contain its members`);
	if (column.members.length > (column.type === mysqlType.set ? column.length * 8 : 65_535)) {
		throw new DecodeError(`column ${column.name} has ${column.members.length} members`);
	}
	const charset = charsetOf(column, charsets);
	if (charset.name === binaryCharset && !column.members.every((member) => isUtf8(member))) {
		throw new DecodeError(`column ${column.name} has members that are not text`);
	}
	return column.members.map((member) => charset.decode(member));
}

function charsetOf(column: MappedColumn, charsets: Charsets): Charset {
	const charset = charsets.ofCollation(column.collation ?? binaryCollation);
	if (charset === undefined) {
		throw new DecodeError(`column ${column.name}: unknown collation ${column.collation}`);
	}
	return charset;
}

/** A view would keep the whole of what was received in memory. */
function copy(bytes: Buffer): Buffer {
	return Buffer.from(bytes);
}
