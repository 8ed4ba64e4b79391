import fc from "fast-check";
import { expect, test } from "vitest";
import { mysqlType } from "../model/mysqlType.ts";
import { ByteReader } from "./byteReader.ts";
import { type Charsets, tableCharset, unicodeCharset } from "./charset.ts";
import { columnReader, type Value } from "./columnReader.ts";
import type { MappedColumn } from "./tableMap.ts";

const latin1 = {
	one: Array.from({ length: 256 }, (_, byte) => (byte === 0x80 ? "€" : String.fromCharCode(byte))),
	two: new Map<number, string>(),
	three: new Map<number, string>(),
	twins: new Set<string>(),
	four: new Map<number, string>(),
};
const charsets: Charsets = {
	ofCollation: (id) => (id === 8 ? tableCharset("latin1", latin1) : unicodeCharset(id === 63 ? "binary" : "utf8mb4")),
};

function column(fields: Partial<MappedColumn>): MappedColumn {
	const standard = { name: "c", length: 0, precision: 0, scale: 0, nullable: true, unsigned: false };
	return { ...standard, type: mysqlType.tiny, collation: undefined, members: undefined, ...fields };
}

/** Decodes bytes given as hexadecimal digits; all of them must have been read. */
function decode(fields: Partial<MappedColumn>, hex: string): Value {
	const reader = new ByteReader(Buffer.from(hex.replaceAll(" ", ""), "hex"));
	const value = columnReader(column(fields), charsets).read(reader);
	expect(reader.left).toBe(0);
	return Buffer.isBuffer(value) ? value.toString("hex") : value;
}

test.each<[number, boolean, string, number | bigint]>([
	[mysqlType.tiny, false, "80", -128],
	[mysqlType.tiny, true, "ff", 255],
	[mysqlType.short, false, "0080", -32768],
	[mysqlType.int24, false, "000080", -8388608],
	[mysqlType.int24, false, "ffffff", -1],
	[mysqlType.int24, true, "ffffff", 16777215],
	[mysqlType.long, false, "00000080", -2147483648],
	[mysqlType.long, true, "ffffffff", 4294967295],
	[mysqlType.longlong, false, "0000000000000080", -(2n ** 63n)],
	[mysqlType.longlong, true, "ffffffffffffffff", 2n ** 64n - 1n],
])("an integer of type %i, unsigned %s: %s", (type, unsigned, hex, value) => {
	expect(decode({ type, unsigned }, hex)).toBe(value);
});

test.each([
	[14, 4, "810dfb38d204d2", "1234567890.1234"],
	[14, 4, "7ef204c72dfb2d", "-1234567890.1234"],
	[14, 4, "7ffffffffffffe", "-0.0001"],
	[5, 2, "80095a", "9.90"],
	[5, 2, "7c189c", "-999.99"],
	[3, 3, "7c18", "-0.999"],
	[3, 3, "81f4", "0.500"],
	[20, 0, "73eb655bcaf204c72d", "-12345678901234567890"],
	[65, 30, `7a0a1f${"00c46536".repeat(6)}00fc18`, `-${"9".repeat(35)}.${"9".repeat(30)}`],
])("DECIMAL(%i,%i) %s", (precision, scale, hex, text) => {
	expect(decode({ type: mysqlType.newDecimal, precision, scale }, hex)).toBe(text);
});

test("FLOAT and DOUBLE keep their bits", () => {
	expect(decode({ type: mysqlType.float, length: 4 }, "cdcccc3d")).toBe(Math.fround(0.1));
	expect(decode({ type: mysqlType.float, length: 4 }, "0000804b")).toBe(16777216);
	expect(decode({ type: mysqlType.double, length: 8 }, "0000000000000080")).toBe(-0);
});

test("BIT is big-endian bytes", () => {
	expect(decode({ type: mysqlType.bit, length: 10 }, "0201")).toBe("0201");
	expect(decode({ type: mysqlType.bit, length: 64 }, "8000000000000001")).toBe("8000000000000001");
});

test.each([
	["01", 1901],
	["ff", 2155],
	["00", 0],
])("YEAR %s", (hex, year) => {
	expect(decode({ type: mysqlType.year }, hex)).toBe(year);
});

test.each([
	["5dd00f", "2024-02-29"],
	["9f1f4e", "9999-12-31"],
	["000000", "0000-00-00"],
	["00d00f", "2024-00-00"],
])("DATE %s", (hex, text) => {
	expect(decode({ type: mysqlType.date }, hex)).toBe(text);
});

test.each([
	[0, "80c8b8", "12:34:56"],
	[0, "7fb000", "-05:00:00"],
	[0, "7fffff", "-00:00:01"],
	[0, "4b9105", "-838:59:59"],
	[0, "b46efb", "838:59:59"],
	[1, "7ffffff6", "-00:00:00.1"],
	[1, "7fc88000", "-03:30:00.0"],
	[2, "7ffffeff", "-00:00:01.01"],
	[3, "7ffffefff6", "-00:00:01.001"],
	[3, "80108311d0", "01:02:03.456"],
	[4, "7fffffd8f1", "-00:00:00.9999"],
	[6, "7ffffeffffff", "-00:00:01.000001"],
	[6, "7fffffffffff", "-00:00:00.000001"],
])("TIME(%i) %s", (scale, hex, text) => {
	expect(decode({ type: mysqlType.time2, scale }, hex)).toBe(text);
});

test("every TIME is what it was encoded from", () => {
	const part = fc.record({
		negative: fc.boolean(),
		hours: fc.integer({ min: 0, max: 838 }),
		minutes: fc.integer({ min: 0, max: 59 }),
		seconds: fc.integer({ min: 0, max: 59 }),
		micros: fc.integer({ min: 0, max: 999_999 }),
		scale: fc.integer({ min: 0, max: 6 }),
	});
	fc.assert(
		fc.property(part, ({ negative, hours, minutes, seconds, micros, scale }) => {
			const shown = Math.floor(micros / 10 ** (6 - scale));
			const bytes = Math.ceil(scale / 2);
			const stored = shown * (scale % 2 === 1 ? 10 : 1);
			const absolute = ((hours << 12) | (minutes << 6) | seconds) * 256 ** bytes + stored;
			const buffer = Buffer.alloc(3 + bytes);
			buffer.writeUIntBE(0x80_0000 * 256 ** bytes + (negative ? -absolute : absolute), 0, 3 + bytes);
			const two = (value: number): string => String(value).padStart(2, "0");
			const fraction = scale === 0 ? "" : `.${String(shown).padStart(scale, "0")}`;
			const sign = negative && absolute > 0 ? "-" : "";
			expect(decode({ type: mysqlType.time2, scale }, buffer.toString("hex"))).toBe(
				`${sign}${two(hours)}:${two(minutes)}:${two(seconds)}${fraction}`,
			);
		}),
	);
});

test.each([
	[0, "99b2bb7efa", "2024-02-29 23:59:58"],
	[0, "8000000000", "0000-00-00 00:00:00"],
	[0, "99b2000000", "2024-00-00 00:00:00"],
	[3, "99b2bb7efa04ce", "2024-02-29 23:59:58.123"],
	[5, "99b2bb7efa01e23a", "2024-02-29 23:59:58.12345"],
	[6, "fef3ff7efb0f423f", "9999-12-31 23:59:59.999999"],
])("DATETIME(%i) %s", (scale, hex, text) => {
	expect(decode({ type: mysqlType.datetime2, scale }, hex)).toBe(text);
});

test.each([
	[0, "65e11a7e", "2024-02-29 23:59:58"],
	[0, "00000000", "0000-00-00 00:00:00"],
	[6, "65e11a7e01e240", "2024-02-29 23:59:58.123456"],
])("TIMESTAMP(%i) %s", (scale, hex, text) => {
	expect(decode({ type: mysqlType.timestamp2, scale }, hex)).toBe(text);
});

test("times of tables from before MySQL 5.6.4", () => {
	expect(decode({ type: mysqlType.time }, Buffer.from([0xc0, 0x1d, 0xfe]).toString("hex"))).toBe("-12:34:56");
	const datetime = Buffer.alloc(8);
	datetime.writeBigUInt64LE(20240229235958n);
	expect(decode({ type: mysqlType.datetime }, datetime.toString("hex"))).toBe("2024-02-29 23:59:58");
	expect(decode({ type: mysqlType.timestamp }, "7e1ae165")).toBe("2024-02-29 23:59:58");
});

test("texts and bytes", () => {
	expect(decode({ type: mysqlType.varchar, length: 252, collation: 45 }, "06e697a5e69cac")).toBe("日本");
	expect(decode({ type: mysqlType.varchar, length: 256, collation: 45 }, "0600e697a5e69cac")).toBe("日本");
	expect(decode({ type: mysqlType.varchar, length: 20, collation: 8 }, "0380e981")).toBe("€é\u0081");
	expect(decode({ type: mysqlType.string, length: 4, collation: 63 }, "0161")).toBe("61000000");
	expect(decode({ type: mysqlType.string, length: 800, collation: 45 }, "010078")).toBe("x");
	expect(decode({ type: mysqlType.blob, length: 2, collation: 63 }, "020000ff")).toBe("00ff");
	expect(decode({ type: mysqlType.vector, length: 4 }, "0c0000000000803f0000004000006040")).toBe(
		"0000803f0000004000006040",
	);
	expect(
		decode({ type: mysqlType.geometry, length: 4 }, "19000000 e6100000 0101000000 0000000000000040 000000000000f03f"),
	).toBe("e610000001010000000000000000000040000000000000f03f");
});

test("ENUM by its index, 0 is nothing; SET by its bits", () => {
	const members = Array.from({ length: 300 }, (_, index) => Buffer.from(`m${index + 1}`));
	expect(decode({ type: mysqlType.enum, length: 2, members, collation: 45 }, "2c01")).toBe("m300");
	expect(decode({ type: mysqlType.enum, length: 2, members, collation: 45 }, "0000")).toBe("");
	expect(decode({ type: mysqlType.enum, length: 1, members: [Buffer.from([0xe9])], collation: 8 }, "01")).toBe("é");
	const set = { type: mysqlType.set, length: 3, members: members.slice(0, 17), collation: 45 };
	expect(decode(set, "000001")).toBe("m17");
	expect(decode(set, "050000")).toBe("m1,m3");
	expect(() => decode({ type: mysqlType.enum, length: 1, members: [], collation: 45 }, "05")).toThrow("index 5");
});

test("compressed columns of MariaDB", () => {
	const compressed = { type: mysqlType.blobCompressed, length: 2, collation: 63 };
	expect(decode(compressed, "0000")).toBe("");
	expect(decode(compressed, "0300 00 6162")).toBe("6162");
	expect(decode({ type: mysqlType.varcharCompressed, length: 20, collation: 45 }, "03 00 6162")).toBe("ab");
});

test("a type or a collation that is not known is named", () => {
	expect(() => columnReader(column({ type: 99 }), charsets)).toThrow("column c: unknown type 99");
	expect(() =>
		columnReader(column({ type: mysqlType.varchar, collation: 9999 }), { ofCollation: () => undefined }),
	).toThrow("column c: unknown collation 9999");
});
