import { mkdir, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import { it } from "../../../../tests/support/fixtures.ts";
import { shop } from "../../../../tests/support/sampleShop.ts";
import { localPaths } from "../shared/paths.ts";
import { lakePrint } from "./lakePrint.ts";

it("changes with whatever jobs go by, and with nothing else", async ({ folder }) => {
	const paths = localPaths(join(folder, "home"));
	const script = join(folder, "own", "jobs", "a.py");
	const definition = { ...shop, folder: join(folder, "own"), jobs: shop.jobs.map((job) => ({ ...job, script })) };
	const put = async (path: string, text: string): Promise<void> => {
		await mkdir(dirname(path), { recursive: true });
		await writeFile(path, text);
	};
	const raw = join(paths.raw, "shop", "orders", "LOAD00000001.parquet");
	const state = join(paths.processed, "_state", "shop", "orders.json");
	for (const path of [raw, state, script]) await put(path, "1");
	const print = (document = "{}"): string | undefined => lakePrint(paths, definition, document);
	let before = print();
	expect(before).toMatch(/^[0-9a-f]{64}$/);

	await put(join(paths.processed, "_runs", "r", "a.json"), "{}");
	await put(join(paths.processed, "_salvaged", "checked.json"), "{}");
	await put(join(paths.runs, "r", "a.log"), "{}");
	await put(join(dirname(script), "__pycache__", "a.pyc"), "");
	expect(print()).toBe(before);

	const changes: (() => Promise<void>)[] = [
		() => put(join(paths.raw, "shop", "orders", "20260905-151244000.parquet"), "2"),
		() => put(raw, "12"),
		() => utimes(raw, 1, 1),
		() => rename(raw, `${raw}.1`),
		() => put(join(paths.raw, "_cleared", "shop", "orders"), ""),
		() => put(state, "22"),
		() => rm(state),
		() => mkdir(join(paths.processed, "current")),
		() => put(script, "import os"),
		() => put(join(dirname(script), "helper.py"), ""),
		() => put(join(paths.python, "installed.json"), "{}"),
	];
	for (const change of changes) {
		await change();
		expect(print(), `${change}`).not.toBe(before);
		before = print();
	}
	expect(print("other")).not.toBe(before);
});

it("is not known where the lake has a link to another folder", async ({ folder }) => {
	const paths = localPaths(folder);
	await mkdir(paths.raw, { recursive: true });
	expect(lakePrint(paths, shop, "{}")).toBeDefined();
	await symlink("/", join(paths.raw, "elsewhere"));
	expect(lakePrint(paths, shop, "{}")).toBeUndefined();
});
