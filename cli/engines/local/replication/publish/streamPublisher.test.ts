import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect } from "vitest";
import { test } from "../../../../../tests/support/fixtures.ts";
import { textLines } from "../../../../common/textLines.ts";
import { filesBelow } from "../../catalog/lakeFolders.ts";
import { StreamPublisher } from "./streamPublisher.ts";

let folder: string;
test.beforeEach(async ({ folder: own }) => {
	folder = own;
});

/** Publishes one inserted row with such a value, and gives the lines that come into the raw zone as they are. */
async function published(value: string): Promise<string[]> {
	const staging = join(folder, "staging");
	await mkdir(staging);
	const instance = await DuckDBInstance.create(":memory:");
	const connection = await instance.connect();
	await connection.run(
		`COPY (SELECT 'I' AS "Op", '2026-01-02 03:04:05.678901' AS cdc_commit_time, 1 AS id, ${value} AS v, '1' AS cdc_change_seq,
			1 AS "BI_id") TO '${join(staging, "rows")}' (FORMAT parquet)`,
	);
	connection.closeSync();
	instance.closeSync();
	const raw = join(folder, "raw");
	const publisher = new StreamPublisher({ spool: join(folder, "spool"), raw });
	const files = [{ from: "rows", to: "shop/t/20260102-030405678.parquet" }];
	await publisher.publish({ clear: [], files }, staging, raw, Date.UTC(2026, 0, 2));
	const lines: string[] = [];
	for (const path of await filesBelow(raw, [".gz"])) for await (const line of textLines(path, true)) lines.push(line);
	return lines;
}

test.each([
	["0.5::DECIMAL(3,3)", "0.500"],
	["(-0.25)::DECIMAL(30,30)", `-0.25${"0".repeat(28)}`],
	["12.5::DECIMAL(4,2)", "12.50"],
	["'\u2028\"'", '"\u2028\\""'],
])("%s is %s in a message", async (value, written) => {
	const [, line = ""] = await published(value);
	expect(JSON.parse(line).data.id).toBe(1);
	expect(line).toContain(`"v":${written},`);
});

test("a value that JSON does not know fails, as its row would be lost", async () => {
	await expect(published("'inf'::DOUBLE")).rejects.toThrow("1 messages are not JSON");
});
