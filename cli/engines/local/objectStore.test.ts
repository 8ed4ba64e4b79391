import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import { test } from "../../../tests/support/fixtures.ts";
import { LocalObjectStore } from "./objectStore.ts";
import { folderUri } from "./shared/paths.ts";

let root: string;
let store: LocalObjectStore;

test.beforeEach(async ({ folder }) => {
	root = folder;
	store = new LocalObjectStore(root);
});

async function put(key: string, content = key): Promise<void> {
	await mkdir(dirname(join(root, key)), { recursive: true });
	await writeFile(join(root, key), content);
}

async function keys(prefix: string): Promise<string[]> {
	const found: string[] = [];
	for await (const { key } of store.list(prefix)) found.push(key);
	return found;
}

test("lists in S3's order: a key is compared as a whole, not folder by folder", async () => {
	for (const key of ["a/b", "a-c", "a.d", "a0", "a/b-e", "a/b/f", "ä", "Z"]) {
		if (key !== "a/b") await put(key);
	}
	expect(await keys("")).toEqual(["Z", "a-c", "a.d", "a/b-e", "a/b/f", "a0", "ä"]);
});

test("lists what begins with the prefix, also in the middle of a name", async () => {
	for (const key of ["raw/t/LOAD00000001.parquet", "raw/t/2026.parquet", "raw/t2/x", "raw/u/y"]) await put(key);
	expect(await keys("raw/t/")).toEqual(["raw/t/2026.parquet", "raw/t/LOAD00000001.parquet"]);
	expect(await keys("raw/t")).toEqual(["raw/t/2026.parquet", "raw/t/LOAD00000001.parquet", "raw/t2/x"]);
	expect(await keys("raw/t/LOAD")).toEqual(["raw/t/LOAD00000001.parquet"]);
	expect(await keys("raw/nothing/")).toEqual([]);
	expect(await keys("raw/u/y/z")).toEqual([]);
});

test("leaves out unfinished files", async () => {
	for (const key of ["t/.part", "t/x.parquet.123.abcd.tmp", "t/.hidden/y", "t/x.parquet"]) await put(key);
	expect(await keys("t/")).toEqual(["t/x.parquet"]);
});

test("gives size and time, and where the bytes can be read", async () => {
	await put("t/x", "12345");
	for await (const object of store.list("t/")) {
		expect(object).toMatchObject({ key: "t/x", size: 5 });
		expect(Math.abs(Date.now() - object.modified.getTime())).toBeLessThan(60_000);
		expect(await readFile(await store.fetch(object.key), "utf8")).toBe("12345");
	}
	expect(store.uri).toBe(folderUri(root));
	expect(store.uri.endsWith("/")).toBe(true);
});

test("stops reading folders when the reader stops", async () => {
	for (let number = 0; number < 5; number += 1) await put(`t/${number}/x`);
	const iterator = store.list("t/")[Symbol.asyncIterator]();
	expect((await iterator.next()).value).toMatchObject({ key: "t/0/x" });
	await rm(join(root, "t/1"), { recursive: true });
	expect((await iterator.next()).value).toMatchObject({ key: "t/2/x" });
	await iterator.return?.();
});
