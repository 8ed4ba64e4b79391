import { enumTwins, KeyTwinError, setTwin } from "../model/keyTwins.ts";
import { mysqlType } from "../model/mysqlType.ts";
import type { ByteReader } from "./byteReader.ts";
import type { Charsets } from "./charset.ts";
import { type ColumnReader, membersOf } from "./columnReader.ts";
import type { MappedColumn } from "./tableMap.ts";

/**
 * How values of a key's column are read: one that reads like another is refused.
 * @throws KeyTwinError, when such a value is read.
 */
export function keyReader(column: MappedColumn, read: ColumnReader, charsets: Charsets): ColumnReader {
	const isTwin = twinTest(column, read, charsets);
	if (isTwin === undefined) return read;
	return {
		declared: read.declared,
		read: (reader) => {
			const { at } = reader;
			const refused = isTwin(reader);
			reader.at = at;
			if (refused) throw new KeyTwinError(column.name);
			return read.read(reader);
		},
	};
}

type TwinTest = (reader: ByteReader) => boolean;

function twinTest(column: MappedColumn, { counted }: ColumnReader, charsets: Charsets): TwinTest | undefined {
	if (column.type === mysqlType.enum) {
		const twins = new Set(enumTwins(membersOf(column, charsets)));
		return twins.size === 0 ? undefined : (reader) => twins.has(reader.uint(column.length));
	}
	if (column.type === mysqlType.set) {
		const twin = setTwin(membersOf(column, charsets));
		return twin === undefined ? undefined : (reader) => littleEndian(reader.bytes(column.length)) === twin;
	}
	const isTwin = counted?.charset?.isTwin;
	if (counted === undefined || isTwin === undefined) return undefined;
	return (reader) => isTwin(reader.counted(counted.lengthBytes));
}

function littleEndian(bytes: Buffer): bigint {
	return bytes.reduceRight((number, byte) => (number << 8n) | BigInt(byte), 0n);
}
