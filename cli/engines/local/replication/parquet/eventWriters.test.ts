import fc from "fast-check";
import { expect, it } from "vitest";
import { cases } from "../../../../../tests/support/cases.ts";
import { logged, stored } from "../../../../../tests/support/values/stored.ts";
import { type Charset, unicodeCharset } from "../decode/charset.ts";
import { openRows, readRows, type TableReader, tableReader } from "../decode/rowsEvent.ts";
import type { MappedColumn } from "../decode/tableMap.ts";
import { mysqlType } from "../model/mysqlType.ts";
import { columnType } from "./columnType.ts";

/** Bytes of 80 and more are characters of one byte, as in latin1. */
const latin: Charset = { name: "latin1", hasAscii: true, decode: (bytes) => bytes.toString("latin1") };
const charsets = new Map([
	[45, unicodeCharset("utf8mb4")],
	[8, latin],
	[35, unicodeCharset("ucs2")],
	[63, unicodeCharset("binary")],
]);

function tableOf(column: Partial<MappedColumn>): TableReader {
	const plain = { length: 0, precision: 0, scale: 0, nullable: true, unsigned: false };
	const none = { collation: undefined, members: undefined };
	const id: MappedColumn = { name: "id", type: mysqlType.long, ...plain, ...none };
	const columns = [id, { ...id, name: "v", ...column }];
	const map = { id: 1, schema: "s", table: "t", flags: 0, columns, key: [0], named: true };
	return tableReader(map, { ofCollation: (collation) => charsets.get(collation) });
}

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const counted = (lengthBytes: number, most: number) =>
	fc
		.oneof(
			fc.uint8Array({ maxLength: most }),
			fc.string({ maxLength: most }).map((text) => Buffer.from(text)),
		)
		.map((value) => {
			const length = Buffer.alloc(lengthBytes);
			length.writeUIntLE(value.length, 0, lengthBytes);
			return Buffer.concat([length, value]);
		});
/** A date and a time of any calendar, or of none. */
const packed = (offset: number, fraction: number) =>
	fc
		.tuple(fc.nat(9999), fc.nat(12), fc.nat(31), fc.nat(23), fc.nat(59), fc.nat(59), fc.nat(99))
		.map(([year, month, day, hours, minutes, seconds, parts]) => {
			const value = Buffer.alloc(5 + fraction);
			const date = (year * 13 + month) * 32 + day;
			value.writeUIntBE(offset + date * 0x2_0000 + (hours << 12) + (minutes << 6) + seconds, 0, 5);
			if (fraction > 0) value.writeUIntBE(parts * 100 ** (fraction - 1), 5, fraction);
			return value;
		});

const days = fc.tuple(fc.nat(9999), fc.nat(12), fc.nat(31)).map(([year, month, day]) => {
	const value = Buffer.alloc(3);
	value.writeUIntLE((year << 9) | (month << 5) | day, 0, 3);
	return value;
});

it.each<[string, Partial<MappedColumn>, fc.Arbitrary<Uint8Array>]>([
	["tinyint", { type: mysqlType.tiny }, bytes(1)],
	["smallint unsigned", { type: mysqlType.short, unsigned: true }, bytes(2)],
	["mediumint", { type: mysqlType.int24 }, bytes(3)],
	["int unsigned", { type: mysqlType.long, unsigned: true }, bytes(4)],
	["int", { type: mysqlType.long }, bytes(4)],
	["bigint", { type: mysqlType.longlong }, bytes(8)],
	["bigint unsigned", { type: mysqlType.longlong, unsigned: true }, bytes(8)],
	["year", { type: mysqlType.year }, bytes(1)],
	["date", { type: mysqlType.date }, days],
	["datetime", { type: mysqlType.datetime2 }, packed(0x80_0000_0000, 0)],
	["datetime(4)", { type: mysqlType.datetime2, scale: 4 }, packed(0x80_0000_0000, 2)],
	["timestamp", { type: mysqlType.timestamp2 }, fc.oneof(bytes(4), fc.constant(new Uint8Array(4)))],
	[
		"timestamp(2)",
		{ type: mysqlType.timestamp2, scale: 2 },
		fc.tuple(bytes(4), fc.nat(99)).map(([s, f]) => Buffer.from([...s, f])),
	],
	["decimal(4,2)", { type: mysqlType.newDecimal, precision: 4, scale: 2 }, bytes(2)],
	["decimal(15,4)", { type: mysqlType.newDecimal, precision: 15, scale: 4 }, bytes(7)],
	["decimal(18,4)", { type: mysqlType.newDecimal, precision: 18, scale: 4 }, bytes(9)],
	["decimal(38,30)", { type: mysqlType.newDecimal, precision: 38, scale: 30 }, bytes(18)],
	["decimal(30,10)", { type: mysqlType.newDecimal, precision: 30, scale: 10 }, bytes(14)],
	["varchar(100)", { type: mysqlType.varchar, length: 400, collation: 45 }, counted(2, 100)],
	["char(20)", { type: mysqlType.string, length: 20, collation: 8 }, counted(1, 20)],
	["text", { type: mysqlType.blob, length: 2, collation: 35 }, counted(2, 40)],
	["blob", { type: mysqlType.blob, length: 2, collation: 63 }, counted(2, 100)],
])("%s: bytes that are moved are the value that is read, or both are refused", (declared, column, value) => {
	const table = tableOf(column);
	const type = columnType(declared);
	fc.assert(
		fc.property(fc.array(fc.option(value, { freq: 5 }), { minLength: 1, maxLength: 20 }), (values) => {
			const rows = values.map((one) =>
				Buffer.concat([Buffer.from([one === null ? 2 : 0, 7, 0, 0, 0]), one ?? Buffer.alloc(0)]),
			);
			const body = Buffer.concat([Buffer.from("010000000000010002000203", "hex"), ...rows]);
			const event = openRows(30, body, table);
			let read: string[];
			try {
				read = stored(
					readRows(event).rows.map(([, one]) => one),
					type,
				);
			} catch (error) {
				expect(() => logged([event], type)).toThrow((error as Error).message);
				return;
			}
			expect(logged([event], type).rows.map(([, text]) => text)).toEqual(read);
		}),
		{ numRuns: cases(300) },
	);
});
