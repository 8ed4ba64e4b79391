import { expect, test } from "vitest";
import { isOutOfSpace } from "./fullDisk.ts";

const withCode = (code: string): Error => Object.assign(new Error("x"), { code });

test("a full disk is known by its code and by DuckDB's words", () => {
	expect(isOutOfSpace(withCode("ENOSPC"))).toBe(true);
	expect(isOutOfSpace(new Error('IO Error: Could not write file "x": No space left on device'))).toBe(true);
	expect(isOutOfSpace(withCode("ENOENT"))).toBe(false);
});
