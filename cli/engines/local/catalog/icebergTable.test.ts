import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { test } from "../../../../tests/support/fixtures.ts";
import { withDuckDb } from "../../duckdb/session.ts";
import { lakeAccess } from "../shared/paths.ts";
import { TestLake } from "./fixtures/testLake.ts";
import { isIcebergTable } from "./icebergFolder.ts";
import { readIcebergTable } from "./icebergTable.ts";
import { selectAll } from "./tableReader.ts";

let lake: TestLake;
const prefix = "current/shop/orders";

test.beforeEach(async ({ folder }) => {
	lake = new TestLake(folder);
});

const folder = (): string => join(lake.paths.processed, prefix);

async function rowsOf(): Promise<unknown[]> {
	const table = {
		name: "orders",
		format: "iceberg",
		zone: "processed",
		prefix,
		columns: [],
		partitionKeys: [],
	} as const;
	return withDuckDb(lakeAccess(lake.paths), lake.context.signal, async (connection) => {
		const select = await selectAll({ ...table, columns: [], partitionKeys: [] }, lake.paths, connection);
		const reader = await connection.runAndReadAll(`SELECT * FROM (${select}) ORDER BY 1`);
		return reader.getRowObjectsJson();
	});
}

describe("an Iceberg table written by Sail", () => {
	test("has its columns and no row when it was just created", async () => {
		await lake.orders(prefix, 1);
		expect(await readIcebergTable(folder())).toEqual({
			columns: [
				{ id: 1, name: "orderNumber", type: "int" },
				{ id: 2, name: "name", type: "string" },
				{ id: 3, name: "amount", type: "decimal(10,2)" },
				{ id: 4, name: "at", type: "timestamp" },
			],
			files: [],
		});
		expect(await rowsOf()).toEqual([]);
	});

	test("shows the rows of its current snapshot after MERGE", async () => {
		await lake.orders(prefix, 3);
		expect(await rowsOf()).toEqual([
			{ ordernumber: 1, name: "one", amount: "1.10", at: "2026-01-01 00:00:00.123456" },
			{ ordernumber: 2, name: "new", amount: "2.20", at: null },
			{ ordernumber: 4, name: "four", amount: null, at: null },
		]);
	});

	test("shows the rows of its current snapshot after DELETE", async () => {
		await lake.orders(prefix, 4);
		expect((await rowsOf()).map((row) => (row as { ordernumber: number }).ordernumber)).toEqual([2, 4]);
	});

	test("has null in an added column for files that were written before it", async () => {
		await lake.orders(prefix, 5);
		expect(await rowsOf()).toEqual([
			{ ordernumber: 2, name: "new", amount: "2.20", at: null, note: null },
			{ ordernumber: 4, name: "four", amount: null, at: null, note: null },
			{ ordernumber: 5, name: "five", amount: null, at: null, note: "late" },
		]);
	});

	test("shows a rewritten schema", async () => {
		await lake.orders(prefix, 6);
		expect(await rowsOf()).toEqual([
			{ ordernumber: 2, title: "new", amount: "2.20", at: null, note: null },
			{ ordernumber: 4, title: "four", amount: null, at: null, note: null },
			{ ordernumber: 5, title: "five", amount: null, at: null, note: "late" },
		]);
	});

	test("reads a column by its id where only the metadata renamed it", async () => {
		await lake.orders(prefix, 4);
		const path = join(folder(), "metadata", "v4.metadata.json");
		await writeFile(path, (await readFile(path, "utf8")).replaceAll('"name":"name"', '"name":"label"'));
		expect(await rowsOf()).toMatchObject([{ label: "new" }, { label: "four" }]);
	});

	test("is not recognised by a version hint that lags behind", async () => {
		await lake.orders(prefix, 6);
		await writeFile(join(folder(), "metadata", "version-hint.text"), "2");
		expect((await readIcebergTable(folder())).columns.map(({ name }) => name)).toContain("title");
	});
});

describe("a table that cannot be read", () => {
	test("with delete files is refused by name", async () => {
		await lake.orders(prefix, 2);
		expect((await readIcebergTable(folder())).files).toHaveLength(1);
		await markDeletes();
		await expect(readIcebergTable(folder())).rejects.toThrow(/delete files/);
	});

	test.each([
		["a metadata file cut short", async () => writeFile(join(folder(), "metadata", "v6.metadata.json"), '{"format')],
		["another format version", async () => replace("v6.metadata.json", '"format-version":2', '"format-version":3')],
		["a manifest list gone", async () => removeSnapshots()],
	])("because of %s says so", async (_what, damage) => {
		await lake.orders(prefix, 6);
		await damage();
		await expect(readIcebergTable(folder())).rejects.toMatchObject({
			outcome: "failure",
			text: { what: expect.stringContaining(folder()), next: "pipeline-cli run-etl" },
		});
	});

	test("is not a table without metadata", async () => {
		await lake.orders(prefix, 6);
		await rename(join(folder(), "metadata"), join(folder(), "_metadata"));
		expect(await isIcebergTable(folder())).toBe(false);
	});

	async function replace(name: string, from: string, to: string): Promise<void> {
		const path = join(folder(), "metadata", name);
		const text = await readFile(path, "utf8");
		expect(text).toContain(from);
		await writeFile(path, text.replace(from, to));
	}

	async function removeSnapshots(): Promise<void> {
		const text = await readFile(join(folder(), "metadata", "v6.metadata.json"), "utf8");
		for (const [name] of text.matchAll(/snap-\d+\.avro/g)) await rm(join(folder(), "metadata", name), { force: true });
	}

	/** Makes a manifest's file a file of position deletes: in Avro, the byte of `content` goes before the path's length. */
	async function markDeletes(): Promise<void> {
		for (const name of await readdir(join(folder(), "metadata"))) {
			if (!name.startsWith("manifest-")) continue;
			const path = join(folder(), "metadata", name);
			const bytes = await readFile(path);
			const at = bytes.indexOf("file:///lake/orders/data/") - 3;
			expect(bytes[at]).toBe(0);
			bytes[at] = 2;
			await writeFile(path, bytes);
		}
	}
});
