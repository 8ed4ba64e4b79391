import { appendFile, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, vi } from "vitest";
import { z } from "zod";
import { test } from "../../../../tests/support/fixtures.ts";
import { withDuckDb } from "../../duckdb/session.ts";
import { lakeAccess } from "../shared/paths.ts";
import type { RegisteredTable } from "./catalogFile.ts";
import { readableClickFiles } from "./clickFiles.ts";
import { hourKeys, newColumns, selectClicks } from "./clickTable.ts";
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
	time: "timestamp",
	amount: "decimal(38,10)",
	data: "binary",
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
				`SELECT to_json(struct_pack(id := id, name := name, price := price, "at" := "at", details := details, tags := tags,
					"time" := "time"::VARCHAR, amount := amount::VARCHAR, data := lower(hex(data)))) FROM ${relation}`,
		);
		const there = (row: unknown): unknown =>
			Object.fromEntries(Object.entries(JSON.parse(String(row))).filter(([, value]) => value !== null));
		expect(found.map(([row]) => there(row))).toEqual(cases.map(({ click }) => click ?? {}));
	});

	test("has decimals with all their digits, and texts beside them as the jobs have them, in lists too", async () => {
		const number = "1234567.12345678901234567890";
		await lake.raw("deep.json", `{"items":[{"d":${number},"t":${number}},{"d":"${number}","t":"${number}"},null]}\n`);
		const columns = [{ name: "items", type: "array<struct<d:decimal(30,20),t:string>>" }];
		await withDuckDb(lakeAccess(lake.paths), lake.context.signal, async (connection) => {
			const select = selectClicks([join(lake.paths.raw, "deep.json")], columns);
			const [[items] = []] = (
				await connection.runAndReadAll(`SELECT items::JSON::VARCHAR FROM (${select})`)
			).getRowsJson();
			expect(JSON.parse(String(items).replaceAll(/:(\d[\d.]*)/g, ':"$1"'))).toEqual([
				{ d: number, t: "1234567.123456789" },
				{ d: number, t: number },
				null,
			]);
		});
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

describe("files of clicks", () => {
	const two = '{"id":1}\n{"id":2}\n';
	const zipped = gzipSync(two);
	/** Places 16 MiB of a text into a line. */
	const long = `{"name":"${"x".repeat(2 ** 24)}"}\n`;
	const files: Record<string, [content: string | Uint8Array, ids: number[], lines?: number]> = {
		"several.json.gz": [Buffer.concat([zipped, gzipSync(""), zipped]), [1, 2, 1, 2]],
		"garbage.json.gz": [Buffer.concat([zipped, Buffer.from("garbage")]), [1, 2]],
		"zeros.json.gz": [Buffer.concat([zipped, Buffer.alloc(512)]), [1, 2]],
		"next.json.gz": [Buffer.concat([zipped, Buffer.from([0x1f])]), [1, 2]],
		"checksum.json.gz": [Buffer.concat([zipped.subarray(0, -8), Buffer.alloc(8)]), [1, 2]],
		"header.json.gz": [gzipSync(two).subarray(0, 9), [], 1],
		"text.json.gz": [two, [], 1],
		"LARGE.JSON.GZ": [gzipSync(two), [1, 2]],
		"gzip.json": [gzipSync('{"id":1}'), [], 1],
		"zstandard.zst": [two, [1, 2]],
		noending: [two, [1, 2]],
		"odd [1] %20 *?{a,b}'.txt": [two, [1, 2]],
		_hidden: [two, []],
		"long.json": [`${two}${long}{"id":3}`, [1, 2, 3], 4],
		"long.json.gz": [gzipSync(`${two}${long}`, { level: 1 }), [1, 2], 3],
		"marked.json": [`\ufeff${two}\ufeff${two}`, [1, 2, 2], 4],
		"marked.json.gz": [gzipSync(`\ufeff${two}`), [1, 2]],
		"utf16.json": [Buffer.from(two, "utf16le"), [], 3],
		"pretty.json": [`${JSON.stringify({ id: 1 }, undefined, 2)}\n${two}`, [1, 2], 5],
		"array.json": [`[\n{"id":1},\n{"id":2}\n]`, [2], 4],
		"carriage.json": [two.replaceAll("\n", "\r\n"), [1, 2]],
		"zero.json": [`\0\0\n${two}\0`, [1, 2], 4],
	};

	test("are read line by line, whatever is in one of them", async () => {
		for (const [name, [content]] of Object.entries(files))
			await lake.raw(`clickstream-data/2026/11/20/13/${name}`, content);
		const path = "regexp_extract(path, '[^/]*$')";
		const found = await rows((relation) => {
			const withPath = relation.replace("SELECT ", () => `SELECT ${path} AS file, `);
			return `SELECT file, list(id) FILTER (id IS NOT NULL), count(*)::INT FROM ${withPath} GROUP BY file`;
		});
		const expected = Object.entries(files).flatMap(([name, [, ids, lines = ids.length]]) =>
			lines === 0 ? [] : [[name, ids.length === 0 ? null : ids, lines]],
		);
		const named = found.map(([file, ...rest]) => [
			files[String(file)] ? file : String(file).replace(/\.json$/, ""),
			...rest,
		]);
		expect(new Map(named.map((row) => [row[0], row]))).toEqual(new Map(expected.map((row) => [row[0], row])));
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

	test("has each line once of a file that grows, is replaced by a shorter one, or is removed", async () => {
		const ids = async () =>
			(await rows((relation) => `SELECT list(id ORDER BY id) FILTER (id IS NOT NULL) FROM ${relation}`))[0]?.[0];
		const hour = "clickstream-data/2026/11/20/13";
		const places = [`${hour}/a.json`, `${hour}/b.json.gz`];
		const [plain = "", zipped = ""] = places.map((place) => join(lake.paths.raw, place));
		const lines = (from: number, to: number): string =>
			Array.from({ length: to - from }, (_, at) => `{"id":${from + at}}\n`).join("");
		await lake.raw(places[0] ?? "", lines(1, 3));
		await lake.raw(places[1] ?? "", gzipSync(lines(11, 13)));
		expect(await ids()).toEqual([1, 2, 11, 12]);
		await appendFile(plain, lines(3, 4));
		const member = gzipSync(lines(13, 14));
		await appendFile(zipped, member.subarray(0, 12));
		// What was not written yet is a line that cannot be read.
		expect(await ids()).toEqual([1, 2, 3, 11, 12]);
		await appendFile(zipped, member.subarray(12));
		expect(await ids()).toEqual([1, 2, 3, 11, 12, 13]);
		await writeFile(plain, lines(1, 2));
		await writeFile(zipped, gzipSync(lines(11, 12)));
		expect(await ids()).toEqual([1, 11]);
		const gone = `${hour}/gone.json`;
		const listed = [join(lake.paths.raw, gone), plain];
		expect([...(await readableClickFiles(listed, lake.paths))]).toEqual([[plain, plain]]);
		await rm(plain);
		expect(await ids()).toEqual([11]);
	});

	test("has no more columns than it can look up, and says which are left out", async () => {
		const fields = Object.fromEntries(Array.from({ length: 1001 }, (_, at) => [`f${String(at).padStart(4, "0")}`, at]));
		await lake.raw("clickstream-data/2026/11/20/13/a.json", `${JSON.stringify(fields)}\n`);
		const said: string[] = [];
		const columns = await withDuckDb(lakeAccess(lake.paths), lake.context.signal, (connection) =>
			newColumns(connection, [join(lake.paths.raw, "clickstream-data/2026/11/20/13/a.json")], [], (text) =>
				said.push(text),
			),
		);
		expect([columns.length, columns.at(-1)]).toEqual([1000, { name: "f0999", type: "bigint" }]);
		expect(said).toEqual([expect.stringContaining("1 of them, such as f1000, are not columns")]);
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
