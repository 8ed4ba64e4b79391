import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { it } from "../../../tests/support/fixtures.ts";
import { requireOneFormat, statementOf } from "./statement.ts";

const { signal } = new AbortController();

it("is the argument, the file, or the named query", async ({ folder }) => {
	const file = join(folder, "a.sql");
	await writeFile(file, "SELECT 2");
	const named = { name: "a", sql: async () => "SELECT 3" };
	expect(await statementOf({ sql: "SELECT 1", file: undefined }, "query", signal)).toBe("SELECT 1");
	expect(await statementOf({ sql: undefined, file }, "query", signal)).toBe("SELECT 2");
	expect(await statementOf({ sql: undefined, file: undefined, named }, "query", signal)).toBe("SELECT 3");
});

it.for([
	[{ sql: undefined, file: undefined }, "There is nothing to ask."],
	[{ sql: "SELECT 1", file: "a" }, "A statement, --file and --name exclude each other."],
	[{ sql: undefined, file: "/not/there.sql" }, "/not/there.sql cannot be read."],
] as const)("is refused: %j", async ([given, what]) => {
	await expect(statementOf(given, "warehouse query", signal)).rejects.toMatchObject({
		outcome: "usage",
		text: { what },
	});
});

it("has one format", () => {
	expect(() => requireOneFormat({ csv: true, json: true }, "query")).toThrow("--csv and --json exclude each other.");
	requireOneFormat({ csv: true, json: false }, "query");
});
