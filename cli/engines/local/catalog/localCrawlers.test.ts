import { mkdir, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect } from "vitest";
import { lake as contract } from "../../../../etl/contract/contract.ts";
import { test } from "../../../../tests/support/fixtures.ts";
import { PipelineError } from "../../../common/errors.ts";
import { folderUri } from "../shared/paths.ts";
import { TestLake } from "./fixtures/testLake.ts";
import { LocalCrawlers } from "./localCrawlers.ts";

let lake: TestLake;
let crawlers: LocalCrawlers;

test.beforeEach(async ({ folder }) => {
	lake = new TestLake(folder);
	crawlers = new LocalCrawlers(lake.paths);
});

const changes = "SELECT 'I' AS cdc_op, 'x' AS cdc_commit_time, '1' AS cdc_change_seq, 1::BIGINT AS comment_ID";
const click = '{"productid":1,"price":9.5,"productDetails":{"color":"red"},"seen":"2026-01-01"}\n';

async function crawlChanges(): Promise<Record<string, string>> {
	const { tables, removed } = await crawlers.crawl(lake.context);
	return Object.fromEntries([
		...tables.map(({ name, change }) => [name, change]),
		...removed.map((name) => [name, "removed"]),
	]);
}

describe("a crawl", () => {
	test("registers every kind of table with names, types, partition keys and location", async () => {
		await lake.parquet("wordpress-db/wp_comments/batch=1/part-0.parquet", changes);
		await lake.parquet("wordpress-db/wp_comments/batch=2/part-0.parquet", `${changes}, NULL::DECIMAL(10,2) AS rank`);
		await lake.parquet(
			"joint-tables/click_hour=2026-11-20-13/part-0.parquet",
			"SELECT 1 AS order_item_id, 'a' AS color",
		);
		await lake.raw("clickstream-data/2026/11/20/13/a.json.gz", gzipSync(click));
		await lake.raw("clickstream-data/2026/11/20/14/b.json", '{"productid":2,"extra":true}\n');
		await lake.orders("current/classicmodels/orders");
		await lake.orders("star-schema/fact_orders");
		const { database, tables, removed } = await crawlers.crawl(lake.context);
		expect(database).toBe("analytics_pipeline_local");
		expect(removed).toEqual([]);
		const orders = {
			format: "iceberg",
			columns: [
				{ name: "ordernumber", type: "int" },
				{ name: "title", type: "string" },
				{ name: "amount", type: "decimal(10,2)" },
				{ name: "at", type: "timestamp" },
				{ name: "note", type: "string" },
			],
			partitionKeys: [],
			change: "added",
		};
		expect(tables).toEqual([
			{
				name: "clickstream_data",
				format: "json",
				location: folderUri(join(lake.paths.raw, "clickstream-data")),
				columns: [
					{ name: "productid", type: "int" },
					{ name: "productname", type: "string" },
					{ name: "department", type: "string" },
					{ name: "price", type: "double" },
					{ name: "productdetails", type: "struct<color:string,material:string,comments:string>" },
					{ name: "extra", type: "boolean" },
					{ name: "seen", type: "string" },
				],
				partitionKeys: ["year", "month", "day", "hour"].map((name) => ({ name, type: "string" })),
				change: "added",
			},
			{ ...orders, name: "fact_orders", location: folderUri(join(lake.paths.processed, "star-schema/fact_orders")) },
			{
				name: "joint_tables",
				format: "parquet",
				location: folderUri(join(lake.paths.processed, "joint-tables")),
				columns: [
					{ name: "order_item_id", type: "int" },
					{ name: "color", type: "string" },
				],
				partitionKeys: [{ name: "click_hour", type: "string" }],
				change: "added",
			},
			{ ...orders, name: "orders", location: folderUri(join(lake.paths.processed, "current/classicmodels/orders")) },
			{
				name: "wp_comments_changes",
				format: "parquet",
				location: folderUri(join(lake.paths.processed, "wordpress-db/wp_comments")),
				columns: [
					{ name: "cdc_op", type: "string" },
					{ name: "cdc_commit_time", type: "string" },
					{ name: "cdc_change_seq", type: "string" },
					{ name: "comment_id", type: "bigint" },
					{ name: "rank", type: "decimal(10,2)" },
				],
				partitionKeys: [{ name: "batch", type: "int" }],
				change: "added",
			},
		]);
	});

	test("says what it added, updated, left and removed", async () => {
		await lake.orders("current/classicmodels/orders", 4);
		await lake.orders("star-schema/dim_date");
		expect(await crawlChanges()).toEqual({ orders: "added", dim_date: "added" });
		expect(await crawlChanges()).toEqual({ orders: "unchanged", dim_date: "unchanged" });
		await lake.orders("current/classicmodels/orders", 6);
		await rm(join(lake.paths.processed, "star-schema"), { recursive: true });
		expect(await crawlChanges()).toEqual({ orders: "updated", dim_date: "removed" });
	});

	test("reads the tables again whose files are others, and no others", async () => {
		const orders = "current/classicmodels/orders";
		await lake.orders(orders);
		await lake.parquet("wordpress-db/wp_comments/batch=1/part-0.parquet", changes);
		await crawlChanges();
		const edit = (text: string): string =>
			text.replaceAll('"bigint"', '"date"').replaceAll('"decimal(10,2)"', '"date"');
		await writeFile(lake.paths.catalog, edit(await readFile(lake.paths.catalog, "utf8")));
		const types = async (): Promise<string> => JSON.stringify((await crawlers.crawl(lake.context)).tables);
		expect(await types()).not.toMatch(/bigint|decimal/);
		await lake.parquet("wordpress-db/wp_comments/batch=2/part-0.parquet", changes);
		expect(await types()).toMatch(/bigint/);
		expect(await types()).not.toMatch(/decimal/);
		const [metadata] = (await readdir(join(lake.paths.processed, orders, "metadata"))).filter((name) =>
			name.endsWith(".metadata.json"),
		);
		await utimes(join(lake.paths.processed, orders, "metadata", metadata ?? ""), 1, 1);
		expect(await types()).toMatch(/decimal/);
	});

	test("registers models, and removes one that is no more", async () => {
		await lake.orders("models/revenue");
		await lake.orders("models/profit");
		expect(await crawlChanges()).toEqual({ profit: "added", revenue: "added" });
		await rm(join(lake.paths.processed, "models/profit"), { recursive: true });
		expect(await crawlChanges()).toEqual({ profit: "removed", revenue: "unchanged" });
	});

	test("registers an empty Iceberg table and no folder of which nothing is known", async () => {
		await lake.orders("current/classicmodels/payments", 1);
		await mkdir(join(lake.paths.processed, "wordpress-db/wp_users/batch=1"), { recursive: true });
		await mkdir(join(lake.paths.processed, "current/wordpress-db/wp_users"), { recursive: true });
		expect(await crawlChanges()).toEqual({ payments: "added" });
	});

	test("leaves out files and folders whose names begin with _ or a dot", async () => {
		await lake.parquet("_state/a/batch=1/part.parquet", changes);
		await lake.parquet("wordpress-db/_temporary/batch=1/part.parquet", changes);
		await lake.parquet("wordpress-db/wp_users/batch=1/.part.parquet", changes);
		await lake.raw("clickstream-data/.8c0d", "{}\n");
		expect(await crawlChanges()).toEqual({});
	});

	test("finds nothing in a lake that does not exist", async () => {
		expect(await crawlers.crawl(lake.context)).toEqual({
			database: "analytics_pipeline_local",
			tables: [],
			removed: [],
		});
	});

	test("gives an unknown table its own name in the form of the catalog", async () => {
		await lake.orders("current/shop/Order-Lines");
		await lake.parquet("shop/Order-Lines/batch=1/part.parquet", changes);
		expect(await crawlChanges()).toEqual({ order_x002d_lines: "added", order_x002d_lines_changes: "added" });
	});

	test("minds no folder without a file that has another table's name", async () => {
		await lake.orders("current/classicmodels/orders");
		await lake.parquet("classicmodels/orders/batch=1/part.parquet", changes);
		await mkdir(join(lake.paths.processed, "shop/orders"), { recursive: true });
		expect(await crawlChanges()).toEqual({ orders: "added", orders_changes: "added" });
	});

	test("registers all tables but one that has another's name, and names both", async () => {
		await lake.orders("current/shop/orders");
		await lake.orders("models/orders");
		await lake.orders("current/shop/others");
		await expect(crawlers.crawl(lake.context)).rejects.toMatchObject({
			text: {
				why: "orders: processed/models/orders and processed/current/shop/orders would have the same name: rename one of them",
			},
		});
		expect((await crawlers.registered()).tables.map(({ name, location }) => [name, location])).toEqual([
			["orders", folderUri(join(lake.paths.processed, "current/shop/orders"))],
			["others", folderUri(join(lake.paths.processed, "current/shop/others"))],
		]);
	});

	test("calls tables as the jobs do, and says once which names more than one would have", async () => {
		const names = [
			{ schema: "a", table: "orders", name: "a_orders" },
			{ schema: "b", table: "orders", name: "b_orders" },
			{ schema: "a", table: "_my log", name: "_my_x0020_log" },
		];
		for (const { schema, table } of names) await lake.orders(contract.current(schema, table));
		await lake.processed("_state/names.json", JSON.stringify(names));
		await lake.processed(
			contract.tableState("a", "_my log"),
			JSON.stringify({
				batches: [
					{
						columns: [
							["id", "int"],
							["Batch", "timestamp_ntz"],
						],
						before: ["id"],
					},
				],
			}),
		);
		const { tables } = await crawlers.crawl(lake.context);
		expect(tables.map(({ name }) => name)).toEqual(["_my_x0020_log", "_my_x0020_log_changes", "a_orders", "b_orders"]);
		expect(tables[1]).toMatchObject({
			columns: [
				...["cdc_op", "cdc_commit_time", "cdc_change_seq"].map((name) => ({ name, type: "string" })),
				...[
					{ name: "id", type: "int" },
					{ name: "batch", type: "timestamp" },
					{ name: "bi_id", type: "int" },
				],
			],
			partitionKeys: [{ name: "cdc_batch", type: "int" }],
		});
		const line =
			"Several tables would be called orders in the catalog: a.orders is called a_orders there, b.orders is called b_orders there. " +
			"Give one of them an alias in pipeline.yaml.";
		expect(lake.notes).toEqual([line]);
		await crawlers.crawl(lake.context);
		expect(lake.notes).toEqual([line]);
	});

	test("tells a change log's column `batch` from its partitions", async () => {
		await lake.parquet("shop/lots/batch=7/part-0.parquet", `${changes}, 'x' AS batch`);
		const [log] = (await crawlers.crawl(lake.context)).tables;
		expect(log?.columns.at(-1)).toEqual({ name: "batch", type: "string" });
		expect(log?.partitionKeys).toEqual([{ name: "cdc_batch", type: "int" }]);
	});
});

describe("damage", () => {
	test("to one table fails the crawl by name; the others are registered and it keeps its entry", async () => {
		await lake.parquet("wordpress-db/wp_comments/batch=1/part-0.parquet", changes);
		await crawlers.crawl(lake.context);
		await writeFile(join(lake.paths.processed, "wordpress-db/wp_comments/batch=1/part-1.parquet"), "PAR1 cut");
		await lake.orders("current/classicmodels/orders");
		const failure = await crawlers.crawl(lake.context).catch((error: unknown) => error);
		expect(failure).toBeInstanceOf(PipelineError);
		expect((failure as PipelineError).text.what).toBe(
			"These tables could not be read: wp_comments_changes. The others are registered.",
		);
		expect((failure as PipelineError).text.why).toContain("part-1.parquet");
		expect((await crawlers.registered()).tables).toEqual([
			{
				name: "orders",
				format: "iceberg",
				location: folderUri(join(lake.paths.processed, "current/classicmodels/orders")),
			},
			{
				name: "wp_comments_changes",
				format: "parquet",
				location: folderUri(join(lake.paths.processed, "wordpress-db/wp_comments")),
			},
		]);
	});

	test("to the catalog is repaired by a crawl, with a warning", async () => {
		await lake.orders("current/classicmodels/orders");
		await crawlers.crawl(lake.context);
		await writeFile(lake.paths.catalog, '{"version":1,');
		await expect(crawlers.registered()).rejects.toMatchObject({ text: { next: "pipeline-cli crawl" } });
		expect(await crawlChanges()).toEqual({ orders: "added" });
		expect(lake.warnings).toEqual([expect.stringContaining("Rebuilding it.")]);
		expect(JSON.parse(await readFile(lake.paths.catalog, "utf8"))).toMatchObject({ version: 1 });
	});
});

test("an aborted crawl ends with the reason and leaves the catalog as it was", async () => {
	await lake.orders("current/classicmodels/orders");
	const reason = new PipelineError("cancelled", { what: "crawl was cancelled." });
	lake.abort(reason);
	await expect(crawlers.crawl(lake.context)).rejects.toBe(reason);
	expect((await crawlers.registered()).tables).toEqual([]);
});
