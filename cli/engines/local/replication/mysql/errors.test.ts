import { expect, test } from "vitest";
import { isOutOfSpace, isRefused, isTransient, LostSource } from "./errors.ts";

const withCode = (fields: object, message = "x"): Error => Object.assign(new Error(message), fields);

test("a full disk is known by its code and by DuckDB's words", () => {
	expect(isOutOfSpace(withCode({ code: "ENOSPC" }))).toBe(true);
	expect(isOutOfSpace(new Error('IO Error: Could not write file "x": No space left on device'))).toBe(true);
	expect(isOutOfSpace(withCode({ code: "ENOENT" }))).toBe(false);
});

test("a lost source is tried again, a refusal and a mistake are not", () => {
	for (const error of [
		withCode({ code: "PROTOCOL_CONNECTION_LOST" }),
		withCode({ code: "ECONNREFUSED" }),
		new LostSource("x"),
	]) {
		expect(isTransient(error)).toBe(true);
	}
	for (const error of [withCode({ code: "ER_ACCESS_DENIED_ERROR", errno: 1045 }), new TypeError("x")]) {
		expect(isTransient(error)).toBe(false);
	}
	expect(isRefused(withCode({ errno: 1045 }))).toBe(true);
});
