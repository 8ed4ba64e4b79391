import { DuckDBDataChunk } from "@duckdb/node-api";
import duckdb from "@duckdb/node-bindings";
import { describe, expect, it } from "vitest";
import { binaryReader, WireFormatError } from "./binaryReaders.ts";
import { hashOf, makeLayout } from "./layout.ts";

/** What is stored of a value that the protocol has as these bytes. */
function read(declared: string, wire: { columnType: number; decimals?: number }, hex: string, action?: "hash"): string {
	const bytes = Buffer.from(hex.replaceAll(" ", ""), "hex");
	const [column] = makeLayout([{ name: "v", type: declared, ...(action && { action }) }], []).columns;
	if (column === undefined) throw new Error("no column");
	const vector = column.vector();
	const reader = binaryReader({ name: "v", decimals: 0, ...wire }, vector);
	expect(reader(bytes, 0)).toBe(bytes.length);
	const chunk = DuckDBDataChunk.create([column.type], 1);
	vector.flush(duckdb.data_chunk_get_vector(chunk.chunk, 0));
	const [value] = chunk.getColumnValues(0);
	const blob = (value as { bytes?: Uint8Array } | null)?.bytes;
	return blob === undefined ? String(value) : Buffer.from(blob).toString("hex");
}

// Bytes of both servers, and of the documentation of the protocol.
describe("a value of the binary protocol", () => {
	it.each([
		["tinyint", 1, "80", "-128"],
		["tinyint unsigned", 1, "ff", "255"],
		["smallint", 2, "0080", "-32768"],
		["smallint unsigned", 2, "ffff", "65535"],
		["mediumint", 9, "000080ff", "-8388608"],
		["mediumint unsigned", 9, "ffffff00", "16777215"],
		["int", 3, "00000080", "-2147483648"],
		["int unsigned", 3, "ffffffff", "4294967295"],
		["bigint", 8, "0000000000000080", "-9223372036854775808"],
		["bigint unsigned", 8, "ffffffffffffffff", "18446744073709551615"],
		["year", 13, "6b08", "2155"],
		["float(7,3)", 4, "91ed8c3f", String(Math.fround(1.101))],
		["double(20,5)", 5, "000000000000f8bf", "-1.5"],
		["decimal(14,4)", 246, "0f 313233343536373839302e31323334", "1234567890.1234"],
		["decimal(14,4)", 246, "07 2d302e30303031", "-0.0001"],
		["decimal(20,0)", 246, "15 2d3132333435363738393031323334353637383930", "-12345678901234567890"],
		["decimal(65,30)", 246, "05 2d312e3530", "-1.50"],
		["date", 10, "04 e8070214", "2024-02-20"],
		["date", 10, "00", "null"],
		["datetime(6)", 12, "04 e8070000", "null"],
		["datetime", 12, "04 e8070214", "2024-02-20 00:00:00"],
		["datetime", 12, "07 0f270c1f173b3b", "9999-12-31 23:59:59"],
		["timestamp(6)", 7, "0b e807021d173b3a 40e20100", "2024-02-29 23:59:58.123456"],
		["bit(1)", 16, "01 01", "true"],
		["bit(12)", 16, "02 0fff", "0fff"],
		["varchar(20)", 253, "03 e697a5", "日"],
		["text", 252, "fc 0300 616263", "abc"],
		["blob", 252, "fd 020000 00ff", "00ff"],
		["json", 245, "04 6e756c6c", "null"],
		[
			"uuid",
			254,
			`24 ${Buffer.from("123e4567-e89b-12d3-a456-426655440000").toString("hex")}`,
			"123e4567-e89b-12d3-a456-426655440000",
		],
		["geometry", 255, "04 e6100000", "e6100000"],
	])("%s as type %i, %s, is %s", (declared, columnType, hex, wanted) => {
		expect(read(declared, { columnType }, hex)).toBe(wanted);
	});

	it.each([
		[0, "00", "00:00:00"],
		[3, "00", "00:00:00.000"],
		[0, "08 01 00000000 05 00 00", "-05:00:00"],
		[1, "0c 01 00000000 05 00 00 20a10700", "-05:00:00.5"],
		[6, "0c 00 22000000 16 3b 3b 3f420f00", "838:59:59.999999"],
	])("TIME(%i), %s, is %s", (decimals, hex, wanted) => {
		expect(read(`time(${decimals})`, { columnType: 11, decimals }, hex)).toBe(wanted);
	});

	it("of a hashed column is its hash, whatever its form", () => {
		expect(read("varchar(20)", { columnType: 253 }, "03 616263", "hash")).toBe(hashOf("abc"));
		expect(read("time", { columnType: 11 }, "08 01 00000000 05 00 00", "hash")).toBe(hashOf("-05:00:00"));
		const uuid = "123e4567-e89b-12d3-a456-426655440000";
		expect(read("uuid", { columnType: 254 }, `24 ${Buffer.from(uuid).toString("hex")}`, "hash")).toBe(hashOf(uuid));
	});

	it("of another type than the column's, and one longer than its packet, are refused", () => {
		for (const [declared, columnType] of [
			["int", 8],
			["bigint", 3],
			["date", 253],
			["varchar(20)", 12],
			["double", 246],
		] as const) {
			expect(() => read(declared, { columnType }, "00")).toThrow(WireFormatError);
		}
		expect(() => read("text", { columnType: 252 }, "05 616263")).toThrow("longer than its packet");
		expect(() => read("text", { columnType: 252 }, "ff")).toThrow("has the length 255");
	});
});
