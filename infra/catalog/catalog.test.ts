import { describe, expect, it } from "vitest";
import type { Clicks } from "../../etl/definition/clicks.ts";
import { shop } from "../../tests/support/sampleShop.ts";
import { buckets, shared } from "../testing/componentArgs.ts";
import { runProgram } from "../testing/program.ts";
import { Catalog } from "./catalog.ts";
import { crawledTables } from "./catalogTables.ts";

const crawled = shop.pipeline.clicks?.schema;
const made = (what: { clicks?: Clicks; crawlsDaily?: boolean } = { clicks: crawled }) =>
	runProgram(() => {
		new Catalog("catalog", {
			...shared,
			...buckets,
			crawlsDaily: true,
			...what,
			database: "db",
			securityConfiguration: "security",
			disposable: false,
		});
	});

describe("Catalog", () => {
	it("crawls the clicks, adds columns, and removes neither column nor table", async () => {
		const { inputs, dependencies } = (await made()).named("catalog-crawler");
		expect(inputs).toMatchObject({
			databaseName: "db",
			catalogTargets: [{ databaseName: "db", tables: crawledTables(crawled).map(({ name }) => name) }],
			schemaChangePolicy: { updateBehavior: "UPDATE_IN_DATABASE", deleteBehavior: "LOG" },
			securityConfiguration: "security",
		});
		expect(JSON.parse(String(inputs.configuration)).CrawlerOutput.Tables).toEqual({
			AddOrUpdateBehavior: "MergeNewColumns",
		});
		// What is in the catalog needs no target in S3.
		for (const key of ["s3Targets", "tablePrefix"]) expect(inputs).not.toHaveProperty(key);
		expect(dependencies).toEqual(expect.arrayContaining(["catalog-crawler-role-policy", "catalog-crawler-log"]));
	});

	it("crawls once a day where the stack runs by itself, and otherwise only when it is asked to", async () => {
		expect((await made()).named("catalog-crawler").inputs.schedule).toBe("cron(30 3 * * ? *)");
		const byHand = await made({ clicks: crawled, crawlsDaily: false });
		expect(byHand.named("catalog-crawler").inputs).not.toHaveProperty("schedule");
	});

	it("declares a table as the crawler would, which otherwise refuses to merge", async () => {
		const [table] = (await made()).ofType("aws:glue/catalogTable:CatalogTable");
		expect(table?.inputs.parameters).toMatchObject({
			classification: "json",
			compressionType: "gzip",
			typeOfData: "file",
		});
	});

	it("has no crawler where the jobs register every table", async () => {
		const { resources } = await made({});
		expect(resources.map(({ name }) => name)).toEqual(["catalog-database", "catalog"]);
	});

	it("leaves to the crawler all that it writes: columns, formats, parameters of table, serde and descriptor", async () => {
		const tables = (await made()).ofType("aws:glue/catalogTable:CatalogTable");
		expect(tables).toHaveLength(crawledTables(crawled).length);
		for (const { options } of tables)
			expect(options).toEqual(["deleteBeforeReplace", "ignoreChanges parameters, storageDescriptor"]);
	});

	it("keeps the crawler's log as long as the stack keeps logs", async () => {
		expect((await made()).named("catalog-crawler-log").inputs).toEqual({
			name: "/aws-glue/crawlers-role/catalog-crawler-role-security",
			kmsKeyId: "arn:key",
			retentionInDays: 30,
		});
	});
});
