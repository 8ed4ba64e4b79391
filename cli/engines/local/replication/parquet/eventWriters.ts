import { isUtf8 } from "node:buffer";
import type { ByteReader } from "../decode/byteReader.ts";
import { DecodeError } from "../decode/byteReader.ts";
import { utf8Charsets } from "../decode/charset.ts";
import type { ColumnReader, CountedBytes } from "../decode/columnReader.ts";
import { decimalGroups, readGroups, readSmallDecimal } from "../decode/decimal.ts";
import type { MappedColumn } from "../decode/tableMap.ts";
import { fractionBytes, microsOf } from "../decode/temporal.ts";
import { mysqlType } from "../model/mysqlType.ts";
import { BytesVector, PrintedVector } from "./bytesVector.ts";
import type { ColumnVector } from "./columnVector.ts";
import { daysFromCivil } from "./dates.ts";
import { DateVector, DecimalVector, exactDigits, LongVector, NumberVector, TimestampVector } from "./numberVectors.ts";

/** Moves a value that is not null from an event into its vector. */
export type EventWriter = (reader: ByteReader) => void;

/** How values of the binlog get into a column's vector: those of frequent types as bytes, the others as values. */
export function eventWriter(column: MappedColumn, read: ColumnReader, vector: ColumnVector): EventWriter {
	return fastWriter(column, read, vector) ?? ((reader) => vector.put(read.read(reader)));
}

function fastWriter(column: MappedColumn, read: ColumnReader, vector: ColumnVector): EventWriter | undefined {
	if (vector instanceof NumberVector) return numberWriter(column.type, vector);
	if (vector instanceof LongVector) return column.type === mysqlType.longlong ? longWriter(vector) : undefined;
	if (vector instanceof DateVector) return column.type === mysqlType.date ? dateWriter(vector) : undefined;
	if (vector instanceof TimestampVector) return timestampWriter(column, vector);
	if (vector instanceof DecimalVector) return decimalWriter(column, vector);
	const isBytes = vector instanceof BytesVector && !(vector instanceof PrintedVector);
	return isBytes && read.counted !== undefined ? bytesWriter(read.counted, vector) : undefined;
}

/** Signed or not, the bits are the same, and the vector's array takes them as its own. */
function numberWriter(type: number, vector: NumberVector): EventWriter | undefined {
	switch (type) {
		case mysqlType.tiny:
			return (reader) => {
				const at = reader.take(1);
				vector.putNumber(reader.buffer[at] as number);
			};
		case mysqlType.short:
			return (reader) => {
				const { buffer } = reader;
				const at = reader.take(2);
				vector.putNumber((buffer[at] as number) | ((buffer[at + 1] as number) << 8));
			};
		case mysqlType.long:
			return (reader) => {
				vector.putNumber(int32(reader.buffer, reader.take(4)));
			};
		case mysqlType.float:
			return (reader) => vector.putNumber(reader.buffer.readFloatLE(reader.take(4)));
		case mysqlType.double:
			return (reader) => vector.putNumber(reader.buffer.readDoubleLE(reader.take(8)));
		default:
			return undefined;
	}
}

function int32(buffer: Buffer, at: number): number {
	return (
		(buffer[at] as number) |
		((buffer[at + 1] as number) << 8) |
		((buffer[at + 2] as number) << 16) |
		((buffer[at + 3] as number) << 24)
	);
}

function longWriter(vector: LongVector): EventWriter {
	return (reader) => {
		const { buffer } = reader;
		const at = reader.take(8);
		vector.putHalves(int32(buffer, at), int32(buffer, at + 4));
	};
}

/** 3 bytes: year, month, day. A month or a day of zero is of no calendar. */
function dateWriter(vector: DateVector): EventWriter {
	return (reader) => {
		const { buffer } = reader;
		const at = reader.take(3);
		const value = (buffer[at] as number) | ((buffer[at + 1] as number) << 8) | ((buffer[at + 2] as number) << 16);
		const month = (value >> 5) & 15;
		const day = value & 31;
		if (month === 0 || day === 0) vector.putZero();
		else vector.putDays(daysFromCivil(value >> 9, month, day));
	};
}

/** Layouts: see decode/temporal.ts. */
function timestampWriter({ type, scale }: MappedColumn, vector: TimestampVector): EventWriter | undefined {
	const size = fractionBytes(scale);
	const fraction = size === 0 ? () => 0 : (reader: ByteReader) => microsOf(reader.uintBe(size), scale);
	if (type === mysqlType.timestamp2) {
		return (reader) => {
			const seconds = reader.uintBe(4);
			const micros = fraction(reader);
			if (seconds === 0 && micros === 0) vector.putZero();
			else vector.putTime(seconds, micros);
		};
	}
	if (type !== mysqlType.datetime2) return undefined;
	return (reader) => {
		const whole = reader.uintBe(5) - 0x80_0000_0000;
		if (whole < 0) throw new DecodeError("a DATETIME is negative");
		const micros = fraction(reader);
		const date = Math.floor(whole / 0x2_0000);
		const time = whole % 0x2_0000;
		const yearMonth = date >> 5;
		const month = yearMonth % 13;
		const day = date & 31;
		if (month === 0 || day === 0) {
			vector.putZero();
			return;
		}
		const days = daysFromCivil(Math.floor(yearMonth / 13), month, day);
		vector.putTime(days * 86_400 + (time >> 12) * 3600 + ((time >> 6) & 63) * 60 + (time & 63), micros);
	};
}

function decimalWriter({ type, precision, scale }: MappedColumn, vector: DecimalVector): EventWriter | undefined {
	if (type !== mysqlType.newDecimal || precision === 0) return undefined;
	const groups = decimalGroups(precision, scale);
	const bytes = groups.reduce((sum, group) => sum + group.bytes, 0);
	if (precision <= exactDigits) return (reader) => vector.putUnscaled(readSmallDecimal(reader, groups, bytes));
	const append = (value: number, digits: number): void => vector.append(value, digits);
	return (reader) => {
		vector.begin(0);
		vector.end(readGroups(reader, groups, bytes, append));
	};
}

/** Values longer than this are looked at by the library, whose call costs more than the few bytes of most. */
const shortText = 64;

/** Texts whose bytes are those of UTF-8 are copied. */
function bytesWriter({ lengthBytes, charset }: CountedBytes, vector: BytesVector): EventWriter {
	const isUnicode = charset !== undefined && utf8Charsets.has(charset.name);
	const mayCopy = isUnicode || charset?.hasAscii === true;
	return (reader) => {
		const length = reader.uint(lengthBytes);
		const from = reader.take(length);
		const to = from + length;
		const { buffer } = reader;
		if (
			charset === undefined ||
			(mayCopy && (isShortAscii(buffer, from, to) || isWhole(isUnicode, buffer, from, to)))
		) {
			vector.putBytes(buffer, from, to);
		} else {
			vector.put(charset.decode(buffer.subarray(from, to)));
		}
	};
}

function isShortAscii(buffer: Buffer, from: number, to: number): boolean {
	if (to - from > shortText) return false;
	let bits = 0;
	for (let at = from; at < to; at += 1) bits |= buffer[at] as number;
	return bits < 0x80;
}

function isWhole(isUnicode: boolean, buffer: Buffer, from: number, to: number): boolean {
	return isUnicode && isUtf8(buffer.subarray(from, to));
}
