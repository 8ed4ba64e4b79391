import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { expect } from "vitest";
import { test } from "../../../tests/support/fixtures.ts";
import { quoteFiles, quoteName, quoteText } from "./quote.ts";

test("whatever a name or a text holds, it comes back as it is", async () => {
	const instance = await DuckDBInstance.create(":memory:");
	const connection = await instance.connect();
	try {
		const hostile = ['a"; DROP TABLE x; --', "it's", "\\", "''", '""', "a\nb", "é"];
		// DuckDB takes no empty name, and no NUL.
		const any = fc.string({ unit: "grapheme", minLength: 1, maxLength: 10 }).filter((text) => !text.includes("\0"));
		const text = fc.oneof(fc.constantFrom(...hostile), any);
		await fc.assert(
			fc.asyncProperty(text, text, async (name, value) => {
				const result = await connection.runAndReadAll(`SELECT ${quoteText(value)} AS ${quoteName(name)}`);
				expect(result.columnNames()).toEqual([name]);
				expect(result.getRows()).toEqual([[value]]);
			}),
		);
	} finally {
		connection.closeSync();
		instance.closeSync();
	}
});

test("a path means one file, whatever its folders are called", async ({ folder }) => {
	const instance = await DuckDBInstance.create(":memory:");
	const connection = await instance.connect();
	const names = ["a", "[a]", "aXb", "a*b", "a?b", "a\\b", "{a}", "[!a]", "a**b", "[", "]", "it's", "%"];
	try {
		for (const name of names) {
			await mkdir(join(folder, name));
			await writeFile(join(folder, name, "same.txt"), name);
		}
		for (const name of names) {
			const files = quoteFiles([join(folder, name, "same.txt")]);
			const result = await connection.runAndReadAll(`SELECT content FROM read_text(${files})`);
			expect(result.getRows()).toEqual([[name]]);
		}
	} finally {
		connection.closeSync();
		instance.closeSync();
	}
});
