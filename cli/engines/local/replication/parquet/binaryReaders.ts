import { mysqlType } from "../model/mysqlType.ts";
import type { ResultColumn } from "../model/resultColumn.ts";
import { BytesVector } from "./bytesVector.ts";
import type { ColumnVector } from "./columnVector.ts";
import { daysFromCivil } from "./dates.ts";
import { BitVector, DateVector, DecimalVector, LongVector, NumberVector, TimestampVector } from "./numberVectors.ts";

/** Adds a value that is not null to its vector. @param at where it begins. @returns where the next one does. */
export type BinaryReader = (buffer: Buffer, at: number) => number;

/** A result set's column that has not the form that its type should have. */
export class WireFormatError extends Error {}

/**
 * How values of a result set in the binary protocol get into a column's vector.
 * https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_binary_resultset.html
 * @throws WireFormatError where the server sends another type than the column's.
 */
export function binaryReader(column: ResultColumn, vector: ColumnVector): BinaryReader {
	const reader =
		vector instanceof NumberVector
			? numberReader(column.columnType, vector)
			: vector instanceof LongVector
				? longReader(column.columnType, vector)
				: vector instanceof DateVector || vector instanceof TimestampVector
					? dateReader(column.columnType, vector)
					: vector instanceof BytesVector && column.columnType === mysqlType.time
						? timeReader(column.decimals, vector)
						: countedReader(column.columnType, vector);
	if (reader === undefined) throw new WireFormatError(`column ${column.name} arrived as type ${column.columnType}`);
	return reader;
}

/** Signed or not, the bits are the same, and the vector's array takes them as its own. */
function numberReader(type: number, vector: NumberVector): BinaryReader | undefined {
	switch (type) {
		case mysqlType.tiny:
			return (buffer, at) => {
				vector.putNumber(buffer[at] as number);
				return at + 1;
			};
		case mysqlType.short:
		case mysqlType.year:
			return (buffer, at) => {
				vector.putNumber(buffer.readUInt16LE(at));
				return at + 2;
			};
		case mysqlType.int24:
		case mysqlType.long:
			return (buffer, at) => {
				vector.putNumber(buffer.readInt32LE(at));
				return at + 4;
			};
		case mysqlType.float:
			return (buffer, at) => {
				vector.putNumber(buffer.readFloatLE(at));
				return at + 4;
			};
		case mysqlType.double:
			return (buffer, at) => {
				vector.putNumber(buffer.readDoubleLE(at));
				return at + 8;
			};
		default:
			return undefined;
	}
}

function longReader(type: number, vector: LongVector): BinaryReader | undefined {
	if (type !== mysqlType.longlong) return undefined;
	return (buffer, at) => {
		vector.putHalves(buffer.readUInt32LE(at), buffer.readUInt32LE(at + 4));
		return at + 8;
	};
}

const dateTypes: readonly number[] = [mysqlType.date, mysqlType.datetime, mysqlType.timestamp];

/** Without a length it is the date 0000-00-00; a month or a day of zero is of no calendar either. */
function dateReader(type: number, vector: DateVector | TimestampVector): BinaryReader | undefined {
	if (!dateTypes.includes(type)) return undefined;
	return (buffer, at) => {
		const length = buffer[at] as number;
		const month = length === 0 ? 0 : (buffer[at + 3] as number);
		const day = length === 0 ? 0 : (buffer[at + 4] as number);
		if (month === 0 || day === 0) {
			vector.putZero();
			return at + 1 + length;
		}
		const days = daysFromCivil(buffer.readUInt16LE(at + 1), month, day);
		if (vector instanceof DateVector) {
			vector.putDays(days);
		} else {
			const seconds =
				length < 7
					? 0
					: (buffer[at + 5] as number) * 3600 + (buffer[at + 6] as number) * 60 + (buffer[at + 7] as number);
			vector.putTime(days * 86_400 + seconds, length < 11 ? 0 : buffer.readUInt32LE(at + 8));
		}
		return at + 1 + length;
	};
}

/** A TIME, as the server prints it: with as many hours as there are, and with the digits that are declared. */
function timeReader(decimals: number, vector: BytesVector): BinaryReader {
	return (buffer, at) => {
		const length = buffer[at] as number;
		if (length === 0) {
			vector.put(timeText(false, 0, 0, 0, 0, decimals));
		} else {
			const hours = buffer.readUInt32LE(at + 2) * 24 + (buffer[at + 6] as number);
			const micros = length < 12 ? 0 : buffer.readUInt32LE(at + 9);
			vector.put(
				timeText(buffer[at + 1] === 1, hours, buffer[at + 7] as number, buffer[at + 8] as number, micros, decimals),
			);
		}
		return at + 1 + length;
	};
}

function timeText(
	negative: boolean,
	hours: number,
	minutes: number,
	seconds: number,
	micros: number,
	digits: number,
): string {
	const two = (part: number): string => (part < 10 ? `0${part}` : String(part));
	const fraction = digits === 0 ? "" : `.${String(micros).padStart(6, "0").slice(0, digits)}`;
	return `${negative ? "-" : ""}${two(hours)}:${two(minutes)}:${two(seconds)}${fraction}`;
}

/** Types whose values have no length before them, or a time's. */
const fixedTypes: readonly number[] = [
	...[mysqlType.tiny, mysqlType.short, mysqlType.int24, mysqlType.long, mysqlType.longlong, mysqlType.float],
	...[mysqlType.double, mysqlType.year, mysqlType.time, ...dateTypes],
];

/** Values with their length before them: texts, bytes, decimals as text. */
function countedReader(type: number, vector: ColumnVector): BinaryReader | undefined {
	if (fixedTypes.includes(type)) return undefined;
	if (!(vector instanceof BytesVector || vector instanceof DecimalVector || vector instanceof BitVector))
		return undefined;
	return (buffer, at) => {
		const first = buffer[at] as number;
		let from = at + 1;
		let length = first;
		if (first >= 0xfb) {
			if (first === 0xfc) {
				length = buffer.readUInt16LE(from);
				from += 2;
			} else if (first === 0xfd) {
				length = buffer.readUIntLE(from, 3);
				from += 3;
			} else if (first === 0xfe) {
				length = Number(buffer.readBigUInt64LE(from));
				from += 8;
			} else {
				throw new WireFormatError(`a value has the length ${first}`);
			}
		}
		if (from + length > buffer.length) throw new WireFormatError("a value is longer than its packet");
		vector.putBytes(buffer, from, from + length);
		return from + length;
	};
}
