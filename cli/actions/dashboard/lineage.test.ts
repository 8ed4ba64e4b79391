import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { test } from "../../../tests/support/fixtures.ts";
import { shop } from "../../../tests/support/sampleShop.ts";
import type { Lineage, TableView } from "../../dashboard/data.ts";
import { withLineage } from "./lineage.ts";

const tables = [
	["odd_x0020_table", "current/my_shop/odd-x0020-table"],
	["orders_changes", "my_shop/orders"],
	["totals", "models/totals"],
	["made", "made/made"],
	["clickstream_data", "clickstream-data"],
].map(([name = "", folder]) => ({ name, format: "iceberg" as const, location: `s3://lake/${folder}/` }));

test("a table comes from the source, from what a model reads, from a job, or from clicks; it is used by what names it", async ({
	folder,
}) => {
	await mkdir(join(folder, "models"));
	await writeFile(
		join(folder, "models", "totals.sql"),
		"WITH a AS (SELECT * FROM orders) SELECT * FROM a JOIN made USING (id)",
	);
	const job = { name: "make", script: "", after: [], tables: [], arguments: {}, usesSource: false };
	const definition = {
		folder,
		pipeline: {
			...shop.pipeline,
			schemas: [{ name: "my_shop", include: ["*"], exclude: [], newTables: "include", newColumns: "include" } as const],
			models: "models",
			jobs: [
				{
					...job,
					reads: [{ zone: "processed", prefix: "current/my_shop" } as const],
					writes: [{ zone: "processed", prefix: "made" } as const],
				},
			],
		},
		queries: [{ name: "by_hand", title: "", description: "", sql: "SELECT * FROM lake.Totals" }],
		views: [{ name: "log", title: "", description: "", sql: "SELECT * FROM orders_changes" }],
	};
	const views: TableView[] = tables.map(({ name }) => ({ name: name.replace("_changes", "") }));
	const found = withLineage(
		{ ok: true, value: views },
		{ tables, zones: [{ uri: "s3://lake/" }], definition, charts: [] },
	);
	const lineage = Object.fromEntries((found.ok ? found.value : []).map((view) => [view.name, view.lineage]));
	expect(lineage).toEqual({
		odd_x0020_table: {
			from: [{ kind: "source", name: "my_shop.odd table" }],
			usedBy: [{ kind: "job", name: "make" }],
		},
		orders: {
			from: [{ kind: "source", name: "my_shop.orders" }],
			usedBy: [
				{ kind: "model", name: "totals" },
				{ kind: "view", name: "log" },
			],
		},
		totals: {
			from: [
				{ kind: "table", name: "orders" },
				{ kind: "table", name: "made" },
			],
			usedBy: [{ kind: "query", name: "by_hand" }],
		},
		made: {
			from: [
				{ kind: "job", name: "make" },
				{ kind: "place", name: "processed/current/my_shop" },
			],
			usedBy: [{ kind: "model", name: "totals" }],
		},
		clickstream_data: { from: [{ kind: "clicks", name: "clickstream" }], usedBy: [] },
	} satisfies Record<string, Lineage>);
});
