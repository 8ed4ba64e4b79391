import { describe, expect } from "vitest";
import { AwsStack } from "../../cli/engines/aws/stack.ts";
import { it } from "../support/aws/awsFixtures.ts";
import { type EtlDocument, withAllTables } from "../support/aws/etlRuns.ts";
import { parquetTable } from "../support/aws/glue.ts";
import { outputs } from "../support/aws/outputs.ts";
import type { ScriptedStack } from "../support/aws/scriptedStack.ts";

let aws: ScriptedStack;
it.beforeEach(async ({ aws: own }) => {
	aws = withAllTables(own);
});

describe("crawl", () => {
	const end = (status: string, more = {}) => ({
		State: "READY",
		LastCrawl: { Status: status, StartTime: 1_795_000_777, ...more },
	});

	it("SUCCEEDED: says what was added, updated and removed", async () => {
		aws.glue.tables = [parquetTable("kept"), parquetTable("changed"), parquetTable("gone")];
		aws.glue.crawled = [
			parquetTable("kept"),
			parquetTable("changed", { id: "int", more: "string" }),
			parquetTable("new"),
		];
		const { code, document } = await aws.json<NonNullable<EtlDocument["catalog"]>>("crawl");
		expect(code).toBe(0);
		expect(document.tables.map(({ name, change }) => [name, change])).toEqual([
			["kept", "unchanged"],
			["changed", "updated"],
			["new", "added"],
		]);
		expect(document.removed).toEqual(["gone"]);
	});

	it.each(["FAILED", "CANCELLED"])("%s is a failure with the reason", async (status) => {
		aws.glue.afterCrawl = [
			{ State: "RUNNING" },
			end(status, { ErrorMessage: "Insufficient Lake Formation permission", LogGroup: "/aws-glue/crawlers" }),
		];
		const { code, err } = await aws.run("crawl");
		expect(code).toBe(1);
		expect(err).toContain(`ended with status ${status}`);
		expect(err).toContain("Insufficient Lake Formation permission");
	});

	it("a running one is joined", async () => {
		aws.glue.crawler = { State: "RUNNING" };
		setTimeout(() => {
			aws.glue.crawler = end("SUCCEEDED");
		}, 300);
		expect((await aws.run("crawl")).code).toBe(0);
	});

	it("two at the same time are one", async ({ context }) => {
		const port = () => new AwsStack(outputs, { signal: new AbortController().signal }).crawlers();
		const crawl = async () => (await port()).crawl(context);
		const [one, other] = await Promise.all([crawl(), crawl()]);
		expect(one).toEqual(other);
		expect(aws.glue.crawls).toBe(1);
	});

	it("the crawl before is not taken for this one", async () => {
		const old = { State: "READY", LastCrawl: { Status: "FAILED", StartTime: 1 } };
		aws.glue.crawler = old;
		aws.glue.afterCrawl = [old, { State: "RUNNING" }, end("SUCCEEDED")];
		expect((await aws.run("crawl")).code).toBe(0);
	});

	it.each([
		["crawler", [{ State: "PAUSED" }]],
		["crawl", [{ State: "RUNNING" }, { State: "READY", LastCrawl: { Status: "HALF", StartTime: 9 } }]],
	])("a state of the %s that nobody documented is an error that names it", async (what, looks) => {
		aws.glue.afterCrawl = looks;
		const { code, err } = await aws.run("crawl");
		expect(code).toBe(1);
		expect(err).toContain(`an unknown state of the ${what}`);
	});

	it("one that never ends ends at the timeout", async () => {
		aws.glue.afterCrawl = [{ State: "RUNNING" }];
		const { code, err } = await aws.run("crawl", "--timeout", "1s");
		expect(code).toBe(9);
		expect(err).toContain("aws glue stop-crawler");
	});

	it("reads all pages of the catalog", async () => {
		aws.glue.tables = Array.from({ length: 230 }, (_, index) => parquetTable(`t${index}`));
		const { document } = await aws.json<NonNullable<EtlDocument["catalog"]>>("crawl");
		expect(document.tables).toHaveLength(230);
	});
});
