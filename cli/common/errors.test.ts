import { describe, expect, it } from "vitest";
import { bug, errorCode, unreachable } from "./errors.ts";

describe("errorCode", () => {
	it.each([
		[Object.assign(new Error("x"), { code: "ENOENT" }), "ENOENT"],
		[{ code: "ER_NO_SUCH_TABLE" }, "ER_NO_SUCH_TABLE"],
		[Object.assign(new Error("x"), { code: 1 }), undefined],
		[new Error("ENOENT"), undefined],
		["ENOENT", undefined],
		[null, undefined],
		[undefined, undefined],
	])("of %o is %s", (error, code) => {
		expect(errorCode(error)).toBe(code);
	});
});

it("asks for a report of what cannot be", () => {
	expect(bug("rows came without a stage").message).toBe(
		"rows came without a stage (a bug of pipeline-cli; please report it)",
	);
	expect(unreachable({ kind: "new" } as never).message).toContain('{"kind":"new"}');
});
