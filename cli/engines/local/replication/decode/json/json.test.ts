import fc from "fast-check";
import { expect, test } from "vitest";
import { readBinaryJson } from "./binaryJson.ts";
import { compareNames, doubleText, type JsonValue, jsonText } from "./jsonValue.ts";
import { applyJsonDiff, parsePath } from "./partialJson.ts";

const print = (hex: string): string => jsonText(readBinaryJson(Buffer.from(hex.replaceAll(" ", ""), "hex")));

test.each([
	["", "null"],
	["0400", "null"],
	["050080", "-32768"],
	["0affffffffffffffff", "18446744073709551615"],
	["0b000000000000f03f", "1.0"],
	["0203000f000501000c0d000400000161", '[1, "a", null]'],
	["00010015000b0001000f0c0064f6070b02800000095a", '{"d": 9.90}'],
	["0ff6080c037ffffffffe0b", "-0.500"],
	["020100 1100 0f0700 07 08 78e001fa7ebbb219", '["2024-02-29 23:59:58.123000"]'],
	["0f0b08e05ef84737ffffff", '"-12:34:56.500000"'],
	["020100070006e807", "[2024]"],
	["0201000b000f070010020201", '["base64:type16:AgE="]'],
])("%s", (hex, text) => {
	expect(print(hex)).toBe(text);
});

test.each([
	[1, "1.0"],
	[0, "0.0"],
	[-0, "-0.0"],
	[0.1, "0.1"],
	[1e14, "100000000000000.0"],
	[1e15, "1e15"],
	[1e20, "1e20"],
	[1e300, "1e300"],
	[1e-15, "0.000000000000001"],
	[1e-16, "1e-16"],
	[1234567890123456.5, "1234567890123456.5"],
	[1.2345678901234568e17, "1.2345678901234568e17"],
	[-2.5, "-2.5"],
])("the double %d is %s", (value, text) => {
	expect(doubleText(value)).toBe(text);
});

test("texts are escaped as the server escapes them", () => {
	expect(print("0c0822 5c 08 0c 0a 0d 09 01")).toBe('"\\"\\\\\\b\\f\\n\\r\\t\\u0001"');
	expect(print("0c087fe280a82fc3a900")).toBe('"\x7f\u2028/é\\u0000"');
});

test("opaque bytes are in lines of 76 characters, and not one after the last", () => {
	const bytes = Buffer.alloc(57);
	expect(print(`0f fc 39 ${bytes.toString("hex")}`)).toBe(`"base64:type252:${"A".repeat(76)}"`);
	expect(print(`0f fc 3a ${bytes.toString("hex")}00`)).toBe(`"base64:type252:${"A".repeat(76)}\\nAA=="`);
});

/** A value as the server would store it, with large containers. */
function encode(value: unknown): { type: number; bytes: Buffer } {
	if (value === null) return { type: 4, bytes: Buffer.from([0]) };
	if (typeof value === "boolean") return { type: 4, bytes: Buffer.from([value ? 1 : 2]) };
	if (typeof value === "number") {
		const bytes = Buffer.alloc(8);
		bytes.writeDoubleLE(value);
		return { type: 11, bytes };
	}
	if (typeof value === "string") {
		const text = Buffer.from(value);
		return { type: 12, bytes: Buffer.concat([Buffer.from([(text.length & 0x7f) | 0x80, text.length >> 7]), text]) };
	}
	const entries = Array.isArray(value)
		? value.map((item) => ["", item] as const)
		: Object.entries(value as object).sort(([a], [b]) => compareNames(a, b));
	const names = Array.isArray(value) ? [] : entries.map(([name]) => Buffer.from(name));
	const items = entries.map(([, item]) => encode(item));
	const head = Buffer.alloc(8 + names.length * 6 + items.length * 5);
	let at = head.length;
	names.forEach((name, index) => {
		head.writeUInt32LE(at, 8 + index * 6);
		head.writeUInt16LE(name.length, 12 + index * 6);
		at += name.length;
	});
	items.forEach((item, index) => {
		const slot = 8 + names.length * 6 + index * 5;
		head.writeUInt8(item.type, slot);
		if (item.type === 4) item.bytes.copy(head, slot + 1);
		else {
			head.writeUInt32LE(at, slot + 1);
			at += item.bytes.length;
		}
	});
	head.writeUInt32LE(items.length, 0);
	head.writeUInt32LE(at, 4);
	const bytes = Buffer.concat([head, ...names, ...items.filter(({ type }) => type !== 4).map((item) => item.bytes)]);
	return { type: Array.isArray(value) ? 3 : 1, bytes };
}

const binary = (value: unknown): Buffer => {
	const { type, bytes } = encode(value);
	return Buffer.concat([Buffer.from([type]), bytes]);
};

const anyJson = fc.jsonValue({ maxDepth: 4 });

test("any document comes back with the same members and values", () => {
	fc.assert(
		fc.property(anyJson, (value) => {
			const text = jsonText(readBinaryJson(binary(value)));
			// JavaScript writes -0 as 0, the server as -0.0.
			expect(JSON.parse(JSON.stringify(JSON.parse(text)))).toEqual(JSON.parse(JSON.stringify(value)));
		}),
	);
});

test("the name __proto__ is a name like any other, and members keep the server's order", () => {
	const value = JSON.parse('{"b": 1, "10": 2, "9": 3, "__proto__": {"x": null}}');
	expect(jsonText(readBinaryJson(binary(value)))).toBe('{"9": 3.0, "b": 1.0, "10": 2.0, "__proto__": {"x": null}}');
});

test("damaged documents end with an error that says so, soon", () => {
	const damaged = fc.tuple(anyJson, fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 6 }));
	fc.assert(
		fc.property(damaged, ([value, changes]) => {
			const bytes = binary(value);
			for (const [at, byte] of changes) bytes.writeUInt8(byte, at % bytes.length);
			try {
				expect(typeof jsonText(readBinaryJson(bytes))).toBe("string");
			} catch (error) {
				expect((error as Error).constructor.name).toBe("DecodeError");
			}
		}),
		{ numRuns: 500 },
	);
});

const document = (): JsonValue => readBinaryJson(binary({ a: 1, b: [1, { x: 2 }], c: "s" }));
const diff = (hex: string): string => jsonText(applyJsonDiff(document(), Buffer.from(hex.replaceAll(" ", ""), "hex")));

test("changes within a document", () => {
	const original = '{"a": 1.0, "b": [1.0, {"x": 2.0}], "c": "s"}';
	expect(diff("")).toBe(original);
	expect(diff("00 03 242e61 03 050300")).toBe('{"a": 3, "b": [1.0, {"x": 2.0}], "c": "s"}');
	expect(diff("02 03 242e61")).toBe('{"b": [1.0, {"x": 2.0}], "c": "s"}');
	// Into an array: what follows moves.
	expect(diff("01 06 242e625b305d 03 050700")).toBe('{"a": 1.0, "b": [7, 1.0, {"x": 2.0}], "c": "s"}');
	expect(diff("01 05 242e6161 61 03 050700")).toBe('{"a": 1.0, "b": [1.0, {"x": 2.0}], "c": "s", "aaa": 7}');
	expect(() => diff("02 03 242e7a")).toThrow("a JSON change does not fit the previous value");
});

test("paths", () => {
	expect(parsePath('$.a[2]."x \\"y".é')).toEqual(["a", 2, 'x "y', "é"]);
	expect(() => parsePath("$.a[*]")).toThrow("a path that is not valid");
});
