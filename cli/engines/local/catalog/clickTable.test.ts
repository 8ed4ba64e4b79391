import { readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, vi } from "vitest";
import { z } from "zod";
import { test } from "../../../../tests/support/fixtures.ts";
import { withDuckDb } from "../../duckdb/session.ts";
import { lakeAccess } from "../shared/paths.ts";
import type { RegisteredTable } from "./catalogFile.ts";
import { hourKeys } from "./clickTable.ts";
import { TestLake } from "./fixtures/testLake.ts";
import { LocalCrawlers } from "./localCrawlers.ts";
import { selectAll } from "./tableReader.ts";

const columns = Object.entries({
	id: "int",
	name: "string",
	price: "double",
	at: "date",
	details: "struct<color:string,size:int>",
	tags: "array<int>",
}).map(([name, type]) => ({ name, type }));

const clicks: RegisteredTable = {
	name: "clickstream_data",
	format: "json",
	zone: "raw",
	prefix: "clickstream-data",
	columns,
	partitionKeys: hourKeys,
};

const cases = z
	.array(
		z.object({
			line: z.string().optional(),
			hex: z.string().optional(),
			click: z.record(z.string(), z.unknown()).nullable(),
			unfit: z.boolean().optional(),
		}),
	)
	.parse(
		JSON.parse(await readFile(new URL("../../../../etl/tests/raw/fixtures/odd_clicks.json", import.meta.url), "utf8")),
	);

const bytes = ({ line, hex }: (typeof cases)[number]): Buffer =>
	hex === undefined ? Buffer.from(line ?? "") : Buffer.from(hex, "hex");

let lake: TestLake;

test.beforeEach(({ folder }) => {
	lake = new TestLake(folder);
});

async function rows(select: (relation: string) => string): Promise<unknown[][]> {
	return withDuckDb(lakeAccess(lake.paths), lake.context.signal, async (connection) => {
		const relation = await selectAll(clicks, lake.paths, connection);
		return (await connection.runAndReadAll(select(`(${relation})`))).getRowsJson();
	});
}

describe("the local table of clicks", () => {
	test("has of every odd line what the jobs have", async () => {
		await lake.raw(
			"clickstream-data/2026/11/20/13/a.json.gz",
			gzipSync(Buffer.concat(cases.map((odd) => Buffer.concat([bytes(odd), Buffer.from("\n")])))),
		);
		const found = await rows(
			(relation) =>
				`SELECT to_json(struct_pack(id := id, name := name, price := price, "at" := "at", details := details, tags := tags)) FROM ${relation}`,
		);
		const nothing = Object.fromEntries(columns.map(({ name }) => [name, null]));
		expect(found.map(([row]) => JSON.parse(String(row)))).toEqual(cases.map(({ click }) => click ?? nothing));
	});

	test("has what can be read of damaged files, until they are whole, and all of the others", async () => {
		const lines = Array.from({ length: 5000 }, (_, id) => `{"id":${id},"name":"${Math.sin(id)}"}\n`).join("");
		const whole = gzipSync(lines);
		const broken = Buffer.from(whole);
		const middle = Math.floor(whole.length / 2);
		broken.fill(0xff, middle, middle + 64);
		const folder = "clickstream-data/2026/11/20/13";
		await lake.raw(`${folder}/whole.json.gz`, gzipSync('{"id":-1}\n'));
		await lake.raw(`${folder}/empty.json.gz`, "");
		await lake.raw(`${folder}/garbage.gz`, "no gzip");
		await lake.raw(`${folder}/cut.json.gz`, whole.subarray(0, middle));
		await lake.raw(`${folder}/broken.json.gz`, broken);
		const counts = (relation: string): string =>
			`SELECT count(*) FILTER (id = -1)::INT, count(*) FILTER (id = 0)::INT, count(*) FILTER (id = 4999)::INT, min(hour) FROM ${relation}`;
		expect(await rows(counts)).toEqual([[1, 2, 0, "13"]]);
		expect(await rows(counts)).toEqual([[1, 2, 0, "13"]]);
		await lake.raw(`${folder}/broken.json.gz`, whole);
		expect(await rows(counts)).toEqual([[1, 2, 1, "13"]]);
		// An old time of change does not hide that a file is new.
		await rm(join(lake.paths.raw, folder, "cut.json.gz"));
		await lake.raw(`${folder}/old.json.gz`, broken);
		await utimes(join(lake.paths.raw, folder, "old.json.gz"), 1, 1);
		expect((await stat(join(lake.paths.raw, folder, "old.json.gz"))).mtimeMs).toBe(1000);
		expect(await rows(counts)).toEqual([[1, 2, 1, "13"]]);
	});
});

describe("a crawl of clicks", () => {
	const crawled = async (): Promise<Record<string, string>> => {
		const { tables } = await new LocalCrawlers(lake.paths).crawl(lake.context);
		return Object.fromEntries(tables[0]?.columns.map(({ name, type }) => [name, type]) ?? []);
	};
	// The sample shop's definition.
	const declared = {
		productid: "int",
		productname: "string",
		department: "string",
		price: "double",
		productdetails: "struct<color:string,material:string,comments:string>",
	};

	test("has the definition's columns whatever the clicks are, and keeps the types of new ones", async () => {
		const send = (name: string, content: string): Promise<void> =>
			lake.raw(`clickstream-data/2026/11/20/13/${name}`, content);
		await send("a.json", 'no json\n[1,2]\n{"productid":"x","price":{}}\n');
		expect(await crawled()).toEqual(declared);
		await send("b.json", '{"campaign":1,"Year":1999,"ok":true,"tags":[1.5],"who":{"id":1}}\n');
		const added = { campaign: "bigint", ok: "boolean", tags: "array<double>", who: "struct<id:bigint>" };
		expect(await crawled()).toEqual({ ...declared, ...added });
		await send("c.json", '{"campaign":"text","Campaign2":null,"ok":"x","mixed":1}\n{"mixed":"x"}\n');
		expect(await crawled()).toEqual({ ...declared, ...added, campaign2: "string", mixed: "string" });
	});

	test("takes any name of a field that SQL can have", async () => {
		await lake.raw("clickstream-data/2026/11/20/13/a.json", String.raw`{"it's":1,"a\u0000b":2,"\u00fc\"":3,"":4}`);
		expect(await crawled()).toEqual({ ...declared, "it's": "bigint", 'ü"': "bigint" });
	});

	test("reads the files that have changed since the last one, and all where the clock was set back", async ({
		onTestFinished,
	}) => {
		onTestFinished(() => void vi.useRealTimers());
		const send = (name: string, content: string): Promise<void> =>
			lake.raw(`clickstream-data/2026/11/20/13/${name}`, content);
		await send("a.json", '{"campaign":1}\n');
		expect(await crawled()).toEqual({ ...declared, campaign: "bigint" });
		const forget = async (until: number): Promise<void> => {
			const catalog = JSON.parse(await readFile(lake.paths.catalog, "utf8"));
			const columns = Object.entries(declared).map(([name, type]) => ({ name, type }));
			Object.assign(catalog.tables[0], { columns, readUntil: until });
			await writeFile(lake.paths.catalog, JSON.stringify(catalog));
		};
		const { ctimeMs } = await stat(join(lake.paths.raw, "clickstream-data/2026/11/20/13/a.json"));
		vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 60_000 });
		// A millisecond beyond what counts as the same time.
		await forget(ctimeMs + 2_001);
		await send("b.json", '{"channel":1}\n');
		expect(await crawled()).toEqual({ ...declared, channel: "bigint" });
		await forget(Date.now() + 3_600_000);
		await send("c.json", '{"channel":1}\n');
		expect(await crawled()).toEqual({ ...declared, campaign: "bigint", channel: "bigint" });
	});
});
