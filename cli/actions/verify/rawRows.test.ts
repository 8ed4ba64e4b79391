import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect } from "vitest";
import { test } from "../../../tests/support/fixtures.ts";
import { readRawRows } from "./rawRows.ts";

test("messages of DMS are rows as in a raw file; control messages are none", async ({ folder }) => {
	const messages = [
		{ control: {}, metadata: { operation: "create-table", timestamp: "2026-11-20T10:00:00.000001Z" } },
		{ data: { id: 1, name: "a" }, metadata: { operation: "load", timestamp: "2026-11-20T10:00:00.000002Z" } },
		{
			data: { id: 2, name: null },
			metadata: {
				operation: "delete",
				timestamp: "2026-11-20T10:00:02.000000Z",
				"commit-timestamp": "2026-11-20T10:00:01.500000Z",
			},
		},
	];
	const path = join(folder, "x");
	await writeFile(path, gzipSync(messages.map((message) => JSON.stringify(message)).join("\n\n")));
	const key = "shop/items/2026/11/20/10/kdf-mysql-data-1-x.json.gz";
	expect(await readRawRows(key, path, ["Op", "cdc_commit_time", "id", "name"])).toEqual([
		{ Op: "I", cdc_commit_time: "2026-11-20 10:00:00.000002", id: "1", name: "a" },
		{ Op: "D", cdc_commit_time: "2026-11-20 10:00:01.500000", id: "2", name: null },
	]);
});
