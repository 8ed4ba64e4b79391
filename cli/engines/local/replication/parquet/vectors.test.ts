import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stored } from "../../../../../tests/support/values/stored.ts";
import { InvalidTextError } from "./bytesVector.ts";
import { columnType } from "./columnType.ts";
import { hashOf, makeLayout } from "./layout.ts";

/** Values with some nulls among them, in lists that end within a vector, at its end, and behind it. */
function holds<T>(
	declared: string,
	value: fc.Arbitrary<T>,
	wanted: (value: T) => string,
	input = (v: T): unknown => v,
): void {
	const type = columnType(declared);
	const list = fc.array(fc.option(value, { freq: 5 }), { minLength: 1, maxLength: 40 });
	fc.assert(
		fc.property(list, fc.integer({ min: 1, max: 80 }), (some, times) => {
			const values = Array.from({ length: times }, () => some).flat();
			expect(
				stored(
					values.map((v) => (v === null ? null : input(v))),
					type,
				),
			).toEqual(values.map((v) => (v === null ? "NULL" : wanted(v))));
		}),
		{ numRuns: 25 },
	);
}

const big = (bits: number): fc.Arbitrary<bigint> =>
	fc.bigInt({ min: -(2n ** BigInt(bits)), max: 2n ** BigInt(bits) - 1n });

/** An integer with a point before its last digits. */
function pointed(digits: bigint, scale: number): string {
	const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, "0");
	const whole = scale === 0 ? text : `${text.slice(0, -scale)}.${text.slice(-scale)}`;
	return digits < 0n ? `-${whole}` : whole;
}

describe("a vector holds every value of its type", () => {
	it.each([
		["tinyint", -128, 127],
		["tinyint unsigned", 0, 255],
		["smallint", -32_768, 32_767],
		["smallint unsigned", 0, 65_535],
		["mediumint", -8_388_608, 8_388_607],
		["int", -(2 ** 31), 2 ** 31 - 1],
		["int unsigned", 0, 2 ** 32 - 1],
		["year", 0, 2155],
	])("%s", (declared, min, max) => {
		holds(declared, fc.integer({ min, max }), String);
	});

	it("bigint, as a number of JavaScript's own or as a text", () => {
		holds("bigint", big(63), (v) => `bigint ${v}`);
		holds("bigint", big(63), (v) => `bigint ${v}`, String);
		holds("bigint unsigned", fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (v) => `bigint ${v}`);
	});

	it("double and float", () => {
		const text = (v: number): string => (Object.is(v, -0) ? "-0" : String(v));
		holds("double", fc.double({ noNaN: true, noDefaultInfinity: true }), text);
		holds("float", fc.float({ noNaN: true, noDefaultInfinity: true }), text);
	});

	it.each([
		[4, 2],
		[9, 0],
		[9, 9],
		[18, 4],
		[20, 0],
		[38, 30],
	])("decimal(%i,%i)", (precision, scale) => {
		const most = 10n ** BigInt(precision) - 1n;
		const value = fc.bigInt({ min: -most, max: most });
		holds(
			`decimal(${precision},${scale})`,
			value,
			(v) => `object ${pointed(v, scale)}`,
			(v) => pointed(v, scale),
		);
	});

	it("date and datetime over all years that MySQL has", () => {
		const time = fc.date({
			min: new Date("0001-01-01T00:00:00Z"),
			max: new Date("9999-12-31T23:59:59.999Z"),
			noInvalidDate: true,
		});
		const iso = (v: Date): string => v.toISOString().slice(0, 23).replace("T", " ");
		holds(
			"date",
			time,
			(v) => `object ${v.toISOString().slice(0, 10)}`,
			(v) => v.toISOString().slice(0, 10),
		);
		const micros = (v: Date): string => `${iso(v)}${String(v.getTime() & 511).padStart(3, "0")}`;
		holds(
			"datetime(6)",
			time,
			(v) => `object ${micros(v).replace(/\.?0+$/, "")}`.replace(/ (\d\d:\d\d)$/, " $1:00"),
			micros,
		);
		expect(stored(["0000-00-00 00:00:00", "2024-00-10 00:00:00.5"], columnType("datetime"))).toEqual(["NULL", "NULL"]);
		expect(stored(["0000-00-00", "2024-02-00"], columnType("date"))).toEqual(["NULL", "NULL"]);
	});

	it("texts and bytes, short ones and long ones, in any order", () => {
		const text = fc.string({ unit: "binary", maxLength: 60 });
		holds("text", text, (v) => `string ${v}`);
		holds(
			"text",
			text,
			(v) => `string ${v}`,
			(v) => Buffer.from(v, "utf8"),
		);
		holds(
			"blob",
			fc.uint8Array({ maxLength: 60 }),
			(v) => Buffer.from(v).toString("hex"),
			(v) => Buffer.from(v),
		);
		const long = "é".repeat(3_000_000);
		expect(stored(["a", long, null, long, "b"], columnType("longtext"))).toEqual(
			["a", long, null, long, "b"].map((v) => (v === null ? "NULL" : `string ${v}`)),
		);
	});
});

it("refuses a text that is not UTF-8, which DuckDB would make null, also where its neighbour completes it", () => {
	const half = (...bytes: number[]): Buffer => Buffer.concat([Buffer.from("x".repeat(20)), Buffer.from(bytes)]);
	const rest = Buffer.concat([Buffer.from([0xa9]), Buffer.from("y".repeat(20))]);
	for (const values of [[Buffer.from([0xff])], [half(0xc3)], [half(0xc3), rest], [rest]]) {
		expect(() => stored(values, columnType("text"))).toThrow(InvalidTextError);
	}
});

it("has the hash of a text in place of it", () => {
	const [column] = makeLayout([{ name: "email", type: "varchar(20)", action: "hash" }], []).columns;
	if (column === undefined) throw new Error("no column");
	const type = { stored: column.type, vector: column.vector };
	expect(stored(["abc", null, Buffer.from("abc")], type)).toEqual([
		`string ${hashOf("abc")}`,
		"NULL",
		`string ${hashOf("abc")}`,
	]);
});
