import { mkdir, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { newRunId } from "../../../../etl/contract/runId.ts";
import { it } from "../../../../tests/support/fixtures.ts";
import { localPaths } from "../shared/paths.ts";
import { datasetsFile, hasNews } from "./news.ts";

it("is what came since the newest run began; all of it before the first", async ({ folder }) => {
	const paths = localPaths(folder);
	expect(await hasNews(paths)).toBe(true);
	const table = join(paths.raw, "shop", "orders");
	await mkdir(table, { recursive: true });
	for (const path of [table, join(paths.raw, "shop"), paths.raw]) await utimes(path, 1000, 1000);
	const run = join(paths.runs, newRunId());
	await mkdir(run, { recursive: true });
	await writeFile(join(run, datasetsFile), "{}");
	expect(await hasNews(paths)).toBe(false);
	await writeFile(join(table, "LOAD00000001.parquet"), "");
	const later = Date.now() / 1000 + 60;
	await utimes(table, later, later);
	expect(await hasNews(paths)).toBe(true);
	await rm(paths.raw, { recursive: true });
	expect(await hasNews(paths)).toBe(false);
});
