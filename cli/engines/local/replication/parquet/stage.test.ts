import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openDuckDb } from "../../../duckdb/open.ts";
import { quoteText } from "../../../duckdb/quote.ts";
import { mysqlType } from "../model/mysqlType.ts";
import { makeLayout } from "./layout.ts";
import type { LoadStage } from "./loadStage.ts";
import { ParquetEngine } from "./parquetEngine.ts";

let folder: string;
let engine: ParquetEngine;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "stage-"));
	const opened = await ParquetEngine.open(folder, join(folder, "lock"), 1000, { file: 1_000_000, group: 300_000 });
	if (opened === undefined) throw new Error("the lock is held");
	engine = opened;
});

afterAll(async () => {
	engine.close();
	await rm(folder, { recursive: true });
});

/** A packet of the binary protocol with one value. */
function rowOf(value: Buffer): Buffer {
	const row = Buffer.concat([Buffer.from([0, 0, 0xfd, 0, 0, 0]), value]);
	row.writeUIntLE(value.length, 3, 3);
	return row;
}

/** Adds rows of a text each until the stage is full. @returns how many they are. */
function fill(stage: LoadStage, length: number): number {
	const row = rowOf(Buffer.alloc(length, "x"));
	while (!stage.isFull) stage.append(row, 0, row.length);
	return stage.rows;
}

it.each([
	["narrow rows: by their bytes together", 40, 21_740, 4],
	["rows so wide that a vector of them is a row group", 400, 739, 1],
	["a row that is more than a row group", 400_000, 1, 1],
])("a file ends with %s", async (_, length, rows, groups) => {
	const layout = makeLayout([{ name: "v", type: "longtext" }], []);
	const stage = await engine.loadStage(layout, [{ name: "v", columnType: mysqlType.blob, decimals: 0 }], 0);
	expect(fill(stage, length)).toBe(rows);
	const file = join(folder, `${length}.parquet`);
	await stage.write(file);
	const database = await openDuckDb();
	const read = async (sql: string) => (await database.connection.runAndReadAll(sql)).getRowsJson();
	expect(
		await read(
			`SELECT count(DISTINCT row_group_id)::INT, max(row_group_num_rows)::INT FROM parquet_metadata(${quoteText(file)})`,
		),
	).toEqual([[groups, Math.min(rows, 6144)]]);
	expect(await read(`SELECT count(*)::INT, sum(length(v))::INT FROM ${quoteText(file)}`)).toEqual([
		[rows, rows * length],
	]);
	database.close();
});

it("files of wide rows that are written side by side do not need more memory than there is", async () => {
	const own = join(folder, "wide");
	await mkdir(own);
	const wide = await ParquetEngine.open(own, join(folder, "wide.lock"), 1000);
	if (wide === undefined) throw new Error("the lock is held");
	const layout = makeLayout([{ name: "v", type: "longblob" }], []);
	const length = 4_000_000;
	const write = async (name: number): Promise<void> => {
		const stage = await wide.loadStage(layout, [{ name: "v", columnType: mysqlType.blob, decimals: 0 }], 0);
		while (!stage.isFull) {
			// What cannot be compressed is in memory most often.
			const row = rowOf(randomBytes(length));
			stage.append(row, 0, row.length);
		}
		await stage.write(join(own, `${name}.parquet`));
	};
	await Promise.all([1, 2, 3, 4, 5, 6].map(write));
	const database = await openDuckDb();
	const rows = await database.connection.runAndReadAll(
		`SELECT count(*)::INT, sum(octet_length(v))::INT FROM ${quoteText(join(own, "*.parquet"))}`,
	);
	expect(rows.getRowsJson()).toEqual([[30, 30 * length]]);
	database.close();
	wide.close();
});
