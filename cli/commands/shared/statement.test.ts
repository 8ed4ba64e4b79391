import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { it } from "../../../tests/support/fixtures.ts";
import { requireOneFormat, statementOf } from "./statement.ts";

const { signal } = new AbortController();

it("is the argument, the file, or the named query", async ({ folder }) => {
	const file = join(folder, "a.sql");
	await writeFile(file, "SELECT 2");
	expect(await statementOf({ sql: "SELECT 1", file: undefined }, "query", signal)).toBe("SELECT 1");
	expect(await statementOf({ sql: undefined, file }, "query", signal)).toBe("SELECT 2");
	expect(await statementOf({ sql: undefined, file: undefined, named }, "query", signal)).toBe("SELECT 3");
});

const none = { sql: undefined, file: undefined };
const named = async (): Promise<string> => "SELECT 3";

it.for([
	[none, "query", "No statement was given.", "Pass a statement, --file or --name."],
	[none, "warehouse query", "No statement was given.", "Pass a statement, --file or --name."],
	[
		{ sql: "SELECT 1", file: "a" },
		"warehouse query",
		"A statement, --file and --name cannot be combined.",
		"Use only one of them.",
	],
	[
		{ ...none, file: "a", named },
		"query",
		"A statement, --file and --name cannot be combined.",
		"Use only one of them.",
	],
	[
		{ ...none, file: "/not/there.sql" },
		"query",
		"/not/there.sql cannot be read.",
		"Choose a file that contains a statement, or - for stdin.",
	],
] as const)("is refused: %j of %s", async ([given, command, what, fix]) => {
	await expect(statementOf(given, command, signal)).rejects.toMatchObject({
		outcome: "usage",
		text: { what, fix, next: `pipeline-cli ${command} --help` },
	});
});

it("has one format", () => {
	expect(() => requireOneFormat({ csv: true, json: true }, "query")).toThrow(
		expect.objectContaining({
			text: {
				what: "--csv and --json cannot be combined.",
				fix: "Leave out one of them.",
				next: "pipeline-cli query --help",
			},
		}),
	);
	requireOneFormat({ csv: true, json: false }, "query");
});
