import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { namedQueries, namedQuery } from "./namedQueries.ts";

let folder: string;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "sql-"));
	await writeFile(join(folder, "b.sql"), "-- Title of b\n-- What it answers,\n-- in two lines.\nSELECT 1 -- one\n");
	await writeFile(join(folder, "a.sql"), "SELECT 2\n");
	await writeFile(join(folder, "notes.md"), "no query");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("queries have the name of their file and the text of their header", async () => {
	expect(await namedQueries(folder)).toEqual([
		{ name: "a", title: "", description: "", sql: "SELECT 2\n" },
		{
			name: "b",
			title: "Title of b",
			description: "What it answers,\nin two lines.",
			sql: "-- Title of b\n-- What it answers,\n-- in two lines.\nSELECT 1 -- one\n",
		},
	]);
});

test("an unknown name is an error that names those there are", async () => {
	await expect(namedQuery("../b", folder)).rejects.toMatchObject({
		outcome: "usage",
		text: { what: "There is no named query ../b.", why: "There are a, b." },
	});
});
