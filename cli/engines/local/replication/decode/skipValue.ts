import { mysqlType } from "../model/mysqlType.ts";
import type { ByteReader } from "./byteReader.ts";
import { decimalGroups } from "./decimal.ts";
import type { MappedColumn } from "./tableMap.ts";
import { fractionBytes } from "./temporal.ts";

/** Steps over a value that nobody wants. @returns undefined where that takes reading it. */
export function valueSkipper(column: MappedColumn): ((reader: ByteReader) => void) | undefined {
	const size = sizeOf(column);
	if (size !== undefined) return (reader) => reader.skip(size);
	const lengthBytes = lengthBytesOf(column);
	return lengthBytes === undefined ? undefined : (reader) => reader.skip(reader.uint(lengthBytes));
}

const sizes = new Map<number, number>([
	...([mysqlType.tiny, mysqlType.year] as const).map((type): [number, number] => [type, 1]),
	[mysqlType.short, 2],
	...([mysqlType.int24, mysqlType.date, mysqlType.newDate, mysqlType.time] as const).map((type): [number, number] => [
		type,
		3,
	]),
	...([mysqlType.long, mysqlType.float, mysqlType.timestamp] as const).map((type): [number, number] => [type, 4]),
	...([mysqlType.longlong, mysqlType.double, mysqlType.datetime] as const).map((type): [number, number] => [type, 8]),
]);

function sizeOf({ type, length, precision, scale }: MappedColumn): number | undefined {
	switch (type) {
		case mysqlType.newDecimal:
			return decimalGroups(precision, scale).reduce((sum, { bytes }) => sum + bytes, 0);
		case mysqlType.bit:
			return (length + 7) >> 3;
		case mysqlType.enum:
		case mysqlType.set:
			return length;
		case mysqlType.time2:
			return 3 + fractionBytes(scale);
		case mysqlType.datetime2:
			return 5 + fractionBytes(scale);
		case mysqlType.timestamp2:
			return 4 + fractionBytes(scale);
		default:
			return sizes.get(type);
	}
}

function lengthBytesOf({ type, length }: MappedColumn): number | undefined {
	switch (type) {
		case mysqlType.varchar:
		case mysqlType.varcharCompressed:
		case mysqlType.string:
			return length > 255 ? 2 : 1;
		case mysqlType.json:
			return 4;
		case mysqlType.blob:
		case mysqlType.blobCompressed:
		case mysqlType.geometry:
		case mysqlType.vector:
			return length;
		default:
			return undefined;
	}
}
