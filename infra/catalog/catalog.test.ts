import { describe, expect, it } from "vitest";
import { shop } from "../../tests/support/sampleShop.ts";
import { buckets, shared } from "../testing/componentArgs.ts";
import { runProgram } from "../testing/program.ts";
import { Catalog } from "./catalog.ts";
import { type Clicks, crawledTables } from "./catalogTables.ts";

const crawled = shop.pipeline.clicks?.schema;
const made = (what: { clicks?: Clicks } = { clicks: crawled }) =>
	runProgram(() => {
		new Catalog("catalog", {
			...shared,
			...buckets,
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
		// The state machine starts it, after the jobs; and what is in the catalog needs no target in S3.
		for (const key of ["schedule", "s3Targets", "tablePrefix"]) expect(inputs).not.toHaveProperty(key);
		expect(dependencies).toEqual(expect.arrayContaining(["catalog-crawler-role-policy", "catalog-crawler-log"]));
	});

	it("has no crawler where the jobs register every table", async () => {
		const { resources } = await made({});
		expect(resources.map(({ name }) => name)).toEqual(["catalog-database", "catalog"]);
	});

	it("leaves to the crawler all that it writes: columns, formats, parameters of table, serde and descriptor", async () => {
		const tables = (await made()).ofType("aws:glue/catalogTable:CatalogTable");
		expect(tables).toHaveLength(crawledTables(crawled).length);
		for (const { options } of tables) expect(options).toEqual(["ignoreChanges parameters, storageDescriptor"]);
	});

	it("keeps the crawler's log as long as the stack keeps logs", async () => {
		expect((await made()).named("catalog-crawler-log").inputs).toEqual({
			name: "/aws-glue/crawlers-role/catalog-crawler-role-security",
			kmsKeyId: "arn:key",
			retentionInDays: 30,
		});
	});
});
