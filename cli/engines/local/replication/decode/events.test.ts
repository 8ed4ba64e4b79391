import { crc32, deflateSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { DecodeError } from "./byteReader.ts";
import { unicodeCharset } from "./charset.ts";
import { inflateMariaDb, readPayload } from "./compression.ts";
import { readIncident, readRotate, readXaPrepare } from "./controlEvents.ts";
import { Framer } from "./eventFrame.ts";
import { readGtid, readMariaDbGtid, readTaggedGtid } from "./gtidEvents.ts";
import { readQuery } from "./queryEvent.ts";
import { openRows, readRows, tableReader } from "./rowsEvent.ts";
import { readTableMap } from "./tableMap.ts";

const hex = (digits: string): Buffer => Buffer.from(digits.replaceAll(/\s/g, ""), "hex");
const charsets = { ofCollation: (id: number) => unicodeCharset(id === 63 ? "binary" : "utf8mb4") };

function event(type: number, body: Buffer, checksum: boolean, flags = 0): Buffer {
	const length = 19 + body.length + (checksum ? 4 : 0);
	const header = Buffer.alloc(19);
	header.writeUInt8(type, 4);
	header.writeUInt32LE(length, 9);
	header.writeUInt16LE(flags, 17);
	const bytes = Buffer.concat([header, body]);
	if (!checksum) return bytes;
	const sum = Buffer.alloc(4);
	sum.writeUInt32LE(crc32(bytes));
	return Buffer.concat([bytes, sum]);
}

const format = (algorithm: number): Buffer =>
	event(15, Buffer.concat([Buffer.alloc(99), Buffer.from([algorithm])]), true);

test("the checksum is that of the last format event, and an announced file may have another", () => {
	const framer = new Framer();
	const body = Buffer.from("body");
	const read = (bytes: Buffer): string => framer.frame(bytes).body.toString();
	expect(read(event(4, body, true, 0x20))).toBe("body");
	framer.frame(format(1));
	expect(read(event(16, body, true))).toBe("body");
	expect(read(event(4, body, false, 0x20))).toBe("body");
	framer.frame(format(0));
	expect(read(event(16, body, false))).toBe("body");
	expect(read(event(4, body, true, 0x20))).toBe("body");
	framer.frame(format(1));
	const damaged = event(16, body, true);
	damaged.writeUInt8(1, 20);
	expect(() => framer.frame(damaged)).toThrow("the checksum of an event of type 16 does not match its bytes");
	expect(() => framer.frame(event(16, body, true).subarray(0, 20))).toThrow("declares 27 bytes, but has 20");
});

test("rotate, incident, XA", () => {
	expect(readRotate(Buffer.concat([hex("0400000001000000"), Buffer.from("b.2")]))).toEqual({
		file: "b.2",
		offset: 2 ** 32 + 4,
	});
	expect(readIncident(hex("0100 04 6c6f7374"))).toEqual({ number: 1, text: "lost" });
	expect(readXaPrepare(hex("00 07000000 01000000 01000000 67 62"))).toEqual({
		onePhase: false,
		format: 7,
		gtrid: Buffer.from("g"),
		bqual: Buffer.from("b"),
	});
});

test.each([
	["latin1", "04 0800 0800 ff00", 8, undefined],
	["gbk", "04 1c00 1c00 ff00", 28, undefined],
	[
		"with a time zone",
		"00 00000000 01 2000000000000000 06 03 737464 05 06 2b30353a3330 04 ff00 ff00 ff00",
		255,
		"+05:30",
	],
	["with databases", "0c 02 6100 6200 04 2d00 2d00 2d00", 45, undefined],
	["MariaDB's", "82 04 0100000000000000 80 000000 04 2100 2100 2100", 33, undefined],
	["with one that is not known", "f0 04 0800 0800 ff00", undefined, undefined],
])("a statement's session: %s", (_, status, collation, timeZone) => {
	const variables = hex(status);
	const length = Buffer.alloc(2);
	length.writeUInt16LE(variables.length);
	const start = Buffer.concat([Buffer.alloc(8), Buffer.from([4, 0, 0]), length, variables, Buffer.from("shop\0")]);
	const read = readQuery(Buffer.concat([start, Buffer.from("BEGIN")]), false);
	expect(read).toMatchObject({ schema: "shop", collation, timeZone });
	expect(read.sql.toString()).toBe("BEGIN");
	const sql = Buffer.from("ALTER TABLE t ADD c INT");
	const compressed = Buffer.concat([Buffer.from([0x81, sql.length]), deflateSync(sql)]);
	expect(readQuery(Buffer.concat([start, compressed]), true).sql).toEqual(sql);
});

test("GTIDs", () => {
	const uuid = "00112233445566778899aabbccddeeff";
	expect(readGtid(hex(`01 ${uuid} 0500000000000000 02`), false)).toEqual({
		gtid: "00112233-4455-6677-8899-aabbccddeeff:5",
		mayHoldStatements: true,
	});
	expect(readGtid(hex(`00 ${uuid} 0000000000000000 02`), true)).toMatchObject({ gtid: "" });
	const varints = [...hex(uuid)].map((byte) => (byte < 128 ? (byte << 1).toString(16).padStart(2, "0") : wide(byte)));
	expect(readTaggedGtid(hex(`02 72 00 00 00 02 ${varints.join("")} 04 04 06 08 74616731 08 4c`))).toEqual({
		gtid: "00112233-4455-6677-8899-aabbccddeeff:tag1:1",
		mayHoldStatements: false,
	});
	const mariadb = "0700000000000000 02000000";
	expect(readMariaDbGtid(hex(`${mariadb} 01 000000000000`), 3)).toEqual({
		gtid: "2-3-7",
		standalone: true,
		alter: "none",
	});
	expect(readMariaDbGtid(hex(`${mariadb} 23 0900000000000000 02`), 3)).toMatchObject({ alter: "start" });
	expect(readMariaDbGtid(hex(`${mariadb} 21 04 0100000000000000`), 3)).toMatchObject({ alter: "commit" });
	expect(readMariaDbGtid(hex(`${mariadb} 4c 07000000 01 01 67 62`), 3)).toMatchObject({ standalone: false });
});

/** A number of 7 to 14 bits: one trailing 1 bit, so one more byte. */
function wide(value: number): string {
	const bytes = Buffer.alloc(2);
	bytes.writeUInt16LE((value << 2) | 1);
	return bytes.toString("hex");
}

/** Table 1, shop.t: a INT UNSIGNED, b VARCHAR(10), j JSON; primary key a. */
const map = (): Buffer =>
	hex(
		`010000000000 0100 04 73686f7000 01 7400 03 03 0f f5 03 2800 04 06
		01 01 80 02 01 2d 04 06 01 61 01 62 01 6a 08 01 00`,
	);

test("a table map with its optional metadata", () => {
	const { columns, ...table } = readTableMap(map());
	expect(table).toEqual({ id: 1, flags: 1, schema: "shop", table: "t", key: [0], named: true });
	expect(
		columns.map(({ name, type, unsigned, nullable, collation }) => [name, type, unsigned, nullable, collation]),
	).toEqual([
		["a", 3, true, false, undefined],
		["b", 15, false, true, 45],
		["j", 245, false, true, undefined],
	]);
});

const reader = tableReader(readTableMap(map()), charsets);
const head = "010000000000 0100 0200 03";

/** An event's rows as values, with what it says of them. */
function rowsOf(type: number, body: Buffer) {
	const event = openRows(type, body, reader);
	return { ...event, ...readRows(event) };
}

test("rows, with every column or without", () => {
	const row = "00 ffffffff 02 c3a9 03000000 050100";
	expect(rowsOf(30, hex(`${head} ff ${row} 06 01000000`))).toMatchObject({
		operation: "I",
		complete: true,
		rows: [
			[4294967295, "é", "1"],
			[1, null, null],
		],
	});
	expect(rowsOf(23, hex(`010000000000 0100 03 ff ${row}`)).rows).toEqual([[4294967295, "é", "1"]]);
	expect(rowsOf(31, hex(`${head} ff ff ${row} 06 02000000`))).toMatchObject({
		operation: "U",
		before: [[4294967295, "é", "1"]],
		rows: [[2, null, null]],
	});
	// MINIMAL: the key before, what changed after.
	expect(rowsOf(31, hex(`${head} 01 02 00 01000000 00 0161`))).toMatchObject({ complete: false, rows: [] });
	expect(rowsOf(30, hex(`010000000000 1100 0500 010100 03 ff 06 01000000`))).toMatchObject({
		byForeignKey: true,
		rows: [[1, null, null]],
	});
	const compressed = Buffer.concat([Buffer.from([0x81, 5]), deflateSync(hex("06 01000000"))]);
	expect(rowsOf(166, Buffer.concat([hex("010000000000 0100 03 07"), compressed])).rows).toEqual([[1, null, null]]);
	expect(() => rowsOf(30, hex("010000000000 0100 0200 04 ff"))).toThrow("rows have 4 columns, but their table has 3");
});

test("an update that has only what changed within JSON", () => {
	const before = "02 01000000 0d000000 00 0100 0c00 0b00 0100 05 0100 61";
	const event = (after: string): Buffer => hex(`${head} ff ff ${before} ${after}`);
	const read = (after: string): unknown[] => rowsOf(39, event(after)).rows.flat();
	expect(read("01 01 02 01000000 09000000 00 03 242e61 03 050300")).toEqual([1, null, '{"a": 3}']);
	expect(read("01 01 02 01000000 05000000 02 03 242e61")).toEqual([1, null, "{}"]);
	expect(read("01 01 02 01000000 00000000")).toEqual([1, null, '{"a": 1}']);
	expect(read("00 06 02000000")).toEqual([2, null, null]);
});

test("a compressed transaction holds events", () => {
	const inner = event(16, Buffer.alloc(8), false);
	const stored = (count: number): Buffer => hex(`02 03 fcff00 01 01 ${(count * inner.length).toString(16)} 00`);
	expect(readPayload(Buffer.concat([stored(2), inner, inner]))).toEqual([inner, inner]);
	expect(() => readPayload(Buffer.concat([hex("02 03 fcff00 01 01 14 00"), inner.subarray(0, 20)]))).toThrow("within");
	expect(() => readPayload(hex("02 01 07 03 01 01 01 01 01 00 00"))).toThrow("compression 7");
	expect(() => readPayload(hex("02 01 00 03 01 01 01 01 01 00 00"))).toThrow("cannot be decompressed");
	expect(() => inflateMariaDb(hex("81 05 00"))).toThrow("cannot be inflated");
});

test("damaged events end with an error that says so", () => {
	const whole = [hex(`${head} ff 00 ffffffff 02 c3a9 03000000 050100`), hex(`${head} ff ff 06 01000000 06 02000000`)];
	const damage = fc.record({
		which: fc.nat({ max: 1 }),
		cut: fc.nat({ max: 40 }),
		changes: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
		type: fc.constantFrom(23, 24, 25, 30, 31, 32, 39, 166, 170),
	});
	fc.assert(
		fc.property(damage, ({ which, cut, changes, type }) => {
			const bytes = Buffer.from(whole[which] ?? []).subarray(0, cut);
			const table = Buffer.from(map());
			for (const [at, byte] of changes) {
				if (bytes.length > 0) bytes.writeUInt8(byte, at % bytes.length);
				table.writeUInt8(byte, at % table.length);
			}
			for (const read of [() => rowsOf(type, bytes), () => tableReader(readTableMap(table), charsets)]) {
				try {
					read();
				} catch (error) {
					expect(error).toBeInstanceOf(DecodeError);
				}
			}
		}),
		{ numRuns: 1000 },
	);
});

test("a GTID of MariaDB is exact whatever its number", () => {
	fc.assert(
		fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (sequence) => {
			const body = Buffer.alloc(19);
			body.writeBigUInt64LE(sequence);
			expect(readMariaDbGtid(body, 7).gtid).toBe(`0-7-${sequence}`);
		}),
		{ examples: [[2n ** 53n - 1n], [2n ** 53n], [2n ** 53n + 1n], [2n ** 64n - 1n]] },
	);
});

test("rows are complete only where the bits of all their columns are set", () => {
	fc.assert(
		fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }), fc.boolean(), (present, isUpdate) => {
			const bitmap = Buffer.alloc((present.length + 7) >> 3);
			// Bits beyond the last column may be anything.
			if (present.length % 8 !== 0) bitmap[bitmap.length - 1] = 0xff & ~((1 << (present.length % 8)) - 1);
			present.forEach((isSet, at) => {
				if (isSet) bitmap[at >> 3] = (bitmap[at >> 3] as number) | (1 << (at & 7));
			});
			const all = Buffer.alloc(bitmap.length, 0xff);
			const head = Buffer.from([...Array(6).fill(1), 0, 0, 2, 0, present.length]);
			const table = { map: { columns: [] }, columns: present } as never;
			// Of an update, the row after it has a bitmap of its own.
			const body = Buffer.concat(isUpdate ? [head, all, bitmap] : [head, bitmap]);
			expect(openRows(isUpdate ? 31 : 30, body, table).complete).toBe(present.every(Boolean));
		}),
	);
});
