import { expect, test } from "vitest";
import { isMissingRight, isTransient, LostSource } from "./errors.ts";

const withCode = (fields: object, message = "x"): Error => Object.assign(new Error(message), fields);

test("a lost source is tried again, a refusal and a mistake are not", () => {
	for (const error of [
		withCode({ code: "PROTOCOL_CONNECTION_LOST" }),
		withCode({ code: "ECONNREFUSED" }),
		new LostSource("x"),
	]) {
		expect(isTransient(error)).toBe(true);
	}
	for (const error of [withCode({ code: "ER_ACCESS_DENIED_ERROR", errno: 1142 }), new TypeError("x")]) {
		expect(isTransient(error)).toBe(false);
	}
	expect(isMissingRight(withCode({ errno: 1142 }))).toBe(true);
});
