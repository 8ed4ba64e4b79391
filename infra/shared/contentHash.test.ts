import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { repositoryPath } from "../testing/stack.ts";
import { contentHash, filesHash, filesOf } from "./contentHash.ts";

describe("content", () => {
	it("has another name when it is another", () => {
		expect(contentHash("a")).toMatch(/^[0-9a-f]{16}$/);
		expect(contentHash("a")).not.toBe(contentHash("b"));
		const folder = repositoryPath("etl/lakehouse");
		const files = filesOf(folder, [".py"]);
		expect(files).toContain("__init__.py");
		expect(files).toContain("storage/files.py");
		expect(files.some((file) => file.includes("__pycache__"))).toBe(false);
		const named = (list: readonly string[]) => Object.fromEntries(list.map((file) => [file, join(folder, file)]));
		expect(filesHash(named(files))).toBe(filesHash(named(files.toReversed())));
		expect(filesHash(named(files))).not.toBe(filesHash(named(files.slice(1))));
	});
});
