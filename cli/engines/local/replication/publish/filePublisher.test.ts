import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { test } from "../../../../../tests/support/fixtures.ts";
import { publish } from "./filePublisher.ts";

let folder: string;
let staging: string;
let raw: string;

test.beforeEach(({ folder: own }) => {
	folder = own;
	staging = join(folder, "staging");
	raw = join(folder, "raw");
	mkdirSync(staging);
	mkdirSync(raw);
});

const put = (path: string, text: string): void => {
	mkdirSync(join(path, ".."), { recursive: true });
	writeFileSync(path, text);
};

test("files appear under their names; what is cleared goes, with its folder where nothing comes", async () => {
	put(join(staging, "new"), "new");
	put(join(raw, "s", "t", "LOAD00000001.parquet"), "old");
	put(join(raw, "s", "t", "20260101-000000000.parquet"), "old");
	put(join(raw, "s", "gone", "LOAD00000001.parquet"), "old");
	const publication = { clear: ["s/t", "s/gone", "s/never"], files: [{ from: "new", to: "s/t/LOAD00000001.parquet" }] };
	await publish(publication, staging, raw);
	expect(readdirSync(join(raw, "s"))).toEqual(["t"]);
	// The jobs empty a table by these files alone.
	expect(readdirSync(join(raw, "_cleared", "s")).sort()).toEqual(["gone", "never", "t"]);
	expect(readdirSync(join(raw, "s", "t"))).toEqual(["LOAD00000001.parquet"]);
	expect(readFileSync(join(raw, "s", "t", "LOAD00000001.parquet"), "utf8")).toBe("new");
	expect(readdirSync(staging)).toEqual([]);
	// Killed before it could be noted as done, it is done again, to no effect.
	await publish(publication, staging, raw);
	expect(readFileSync(join(raw, "s", "t", "LOAD00000001.parquet"), "utf8")).toBe("new");
});

test("a table's folder that is a link gives way to one of the table's own, and what it leads to stays", async () => {
	put(join(staging, "new"), "new");
	put(join(folder, "elsewhere", "precious.txt"), "not ours");
	mkdirSync(join(raw, "s"));
	symlinkSync(join(folder, "elsewhere"), join(raw, "s", "t"));
	symlinkSync(join(folder, "elsewhere"), join(raw, "s", "gone"));
	const files = [{ from: "new", to: "s/t/LOAD00000001.parquet" }];
	await publish({ clear: ["s/t", "s/gone"], files }, staging, raw);
	expect(readdirSync(join(folder, "elsewhere"))).toEqual(["precious.txt"]);
	expect(lstatSync(join(raw, "s", "t")).isDirectory()).toBe(true);
	expect(readdirSync(join(raw, "s", "t"))).toEqual(["LOAD00000001.parquet"]);
	expect(readdirSync(join(raw, "s"))).toEqual(["t"]);
});

test("nothing is cleared behind a schema's folder that is a link", async () => {
	put(join(folder, "elsewhere", "t", "precious.parquet"), "not ours");
	symlinkSync(join(folder, "elsewhere"), join(raw, "s"));
	await expect(publish({ clear: ["s/t"], files: [] }, staging, raw)).rejects.toThrow("is a symbolic link");
	expect(readdirSync(join(folder, "elsewhere", "t"))).toEqual(["precious.parquet"]);
});

test("a publication that was half done is completed", async () => {
	put(join(staging, "two"), "2");
	put(join(raw, "s", "t", "1.parquet"), "1");
	const files = [
		{ from: "one", to: "s/t/1.parquet" },
		{ from: "two", to: "s/t/2.parquet" },
	];
	await publish({ clear: [], files }, staging, raw);
	expect(readdirSync(join(raw, "s", "t")).sort()).toEqual(["1.parquet", "2.parquet"]);
	expect(readdirSync(raw)).toEqual(["s"]);
});

test("a staged file that is lost is not a success", async () => {
	await expect(publish({ clear: [], files: [{ from: "lost", to: "s/t/1.parquet" }] }, staging, raw)).rejects.toThrow(
		"ENOENT",
	);
});
