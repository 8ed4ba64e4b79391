import { cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { PipelineError } from "../../cli/common/errors.ts";
import { projectRoot } from "../../cli/common/projectRoot.ts";
import { TestLake } from "../../cli/engines/local/catalog/fixtures/testLake.ts";
import { icebergFiles } from "../../cli/engines/local/catalog/icebergTable.ts";
import { LocalCrawlers } from "../../cli/engines/local/catalog/localCrawlers.ts";
import { localPaths } from "../../cli/engines/local/shared/paths.ts";
import { type LocalSettings, writeSettings } from "../../cli/engines/local/shared/settings.ts";
import { LocalWarehouse } from "../../cli/engines/local/warehouse/localWarehouse.ts";
import { it } from "../support/fixtures.ts";
import { makeSampleLake } from "../support/sampleLake.ts";

describe("the local warehouse", () => {
	async function refusal(promise: Promise<unknown>): Promise<PipelineError> {
		const error: unknown = await promise.then(
			() => undefined,
			(thrown) => thrown,
		);
		if (error instanceof PipelineError) return error;
		throw new Error(`expected a PipelineError, not ${error}`);
	}

	it("asks for a crawl where the catalog is empty", async ({ folder, context }) => {
		const error = await refusal(new LocalWarehouse(localPaths(folder)).apply(context));
		expect(error.outcome).toBe("usage");
		expect(error.text.next).toBe("pipeline-cli crawl");
	});

	it("leaves out views whose tables are not there yet, and says so", async ({ folder, context }) => {
		await makeSampleLake(folder);
		const paths = localPaths(folder);
		const catalog = JSON.parse(await readFile(paths.catalog, "utf8")) as { tables: { name: string }[] };
		catalog.tables = catalog.tables.filter((table) => table.name !== "fact_payments");
		await writeFile(paths.catalog, JSON.stringify(catalog));
		const names = (await new LocalWarehouse(paths).apply(context)).map((object) => object.name);
		expect(names).toContain("analytics.sales");
		expect(names.filter((name) => name.endsWith("payments"))).toEqual([]);
		expect(context.shown).toEqual([
			"warning: Skipped analytics.fact_payments: the catalog has no table fact_payments yet.",
			"warning: Skipped analytics.payments: the catalog has no table fact_payments yet.",
		]);
	});

	it("keeps the last good file where a table is damaged, and leaves nothing half-made", async ({ folder, context }) => {
		await makeSampleLake(folder);
		const paths = localPaths(folder);
		const warehouse = new LocalWarehouse(paths);
		await warehouse.apply(context);
		const before = await readFile(paths.warehouse);
		await writeFile(join(paths.processed, "star-schema", "fact_orders", "part-0.parquet"), "no Parquet");
		const error = await refusal(warehouse.apply(context));
		expect(error.text.what).toBe("The table fact_orders cannot be read; the warehouse was not changed.");
		expect(await readFile(paths.warehouse)).toEqual(before);
		expect((await readdir(folder)).filter((name) => name.includes("warehouse"))).toEqual(["warehouse.duckdb"]);
	});

	it("names a table whose data file is gone, and what to do", async ({ folder }) => {
		const lake = new TestLake(folder);
		await lake.orders("current/classicmodels/orders");
		await new LocalCrawlers(lake.paths).crawl(lake.context);
		const { current } = await icebergFiles(join(lake.paths.processed, "current/classicmodels/orders"));
		for (const { path } of current) await rm(path);
		const { text } = await refusal(new LocalWarehouse(lake.paths).apply(lake.context));
		expect(text.what).toBe("The table orders cannot be read; the warehouse was not changed.");
		expect([text.fix, text.next]).toEqual([expect.stringContaining("remove the whole folder"), "pipeline-cli run-etl"]);
	});

	it("names a view whose SQL is wrong", async ({ folder, context }) => {
		await makeSampleLake(folder);
		const own = join(folder, "own");
		await cp(join(projectRoot, "pipelines", "shop"), own, { recursive: true });
		await writeFile(
			join(own, "warehouse", "payments.sql"),
			"-- Payments.\nSELECT no_such_column FROM lake.fact_payments\n",
		);
		const source: LocalSettings["source"] = {
			kind: "private",
			host: "127.0.0.1",
			port: 1,
			user: "nobody",
			tls: "DISABLED",
			schemas: ["shop"],
		};
		await writeSettings({ version: 1, pipeline: own, source }, localPaths(folder));
		const error = await refusal(new LocalWarehouse(localPaths(folder)).apply(context));
		expect(error.outcome).toBe("usage");
		expect(error.text.what).toBe("The view analytics.payments cannot be created; the warehouse was not changed.");
		expect(error.text.why).toContain("no_such_column");
		expect(error.text.fix).toContain("payments.sql");
	});

	it("reads no file outside of the lake", async ({ folder, context }) => {
		await makeSampleLake(folder);
		const secret = join(folder, "secret.csv");
		await writeFile(secret, "a\n1\n");
		const error = await refusal(
			new LocalWarehouse(localPaths(folder)).query(`SELECT * FROM read_csv('${secret}')`, context),
		);
		expect(error.outcome).toBe("usage");
		expect(error.message).toContain("disabled");
	});
});
