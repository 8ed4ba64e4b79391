import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateWorkGroupCommand } from "@aws-sdk/client-athena";
import {
	CreateCrawlerCommand,
	CreateDatabaseCommand,
	CreateJobCommand,
	CreateTableCommand,
} from "@aws-sdk/client-glue";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { Clients } from "../../cli/engines/aws/clients.ts";
import { AwsStack } from "../../cli/engines/aws/stack.ts";
import { readParquet } from "../../cli/engines/parquet.ts";
import { runEtl } from "../../cli/steps/runEtl.ts";
import { type MiniStack, startMiniStack } from "../support/aws/ministack.ts";
import { outputs } from "../support/aws/outputs.ts";
import { testContext } from "../support/context.ts";

/** More than a page of 1,000, beyond which the console guide's script copied nothing. */
const objects = 1_250;

const signal = new AbortController().signal;
const { raw, processed } = outputs.buckets;
const { database, crawler } = outputs.catalog;

let server: MiniStack;
let stack: AwsStack;
beforeAll(async () => {
	server = await startMiniStack();
	const env = { AWS_ENDPOINT_URL: server.url, AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
	for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
	stack = new AwsStack(outputs, { signal });
	await deploy();
});
afterAll(async () => {
	vi.unstubAllEnvs();
	await server?.stop();
});

/** What `pulumi up` would have made, as far as MiniStack has it. */
async function deploy(): Promise<void> {
	const clients = new Clients({ region: outputs.region, signal });
	const s3 = await clients.s3();
	for (const bucket of [raw, processed, "dev-results"]) await s3.send(new CreateBucketCommand({ Bucket: bucket }));
	const file = await parquetFile();
	await s3.send(new PutObjectCommand({ Bucket: processed, Key: "clicks/part-0.parquet", Body: file }));
	const keys = Array.from({ length: objects }, (_, index) => `many/${String(index).padStart(5, "0")}`);
	for (let from = 0; from < keys.length; from += 50) {
		await Promise.all(
			keys.slice(from, from + 50).map((Key) => s3.send(new PutObjectCommand({ Bucket: raw, Key, Body: Key }))),
		);
	}
	const glue = await clients.glue();
	await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: database } }));
	await glue.send(
		new CreateTableCommand({
			DatabaseName: database,
			TableInput: {
				Name: "clicks",
				TableType: "EXTERNAL_TABLE",
				StorageDescriptor: {
					Location: `s3://${processed}/clicks/`,
					Columns: [
						{ Name: "department", Type: "string" },
						{ Name: "price", Type: "double" },
					],
					InputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
					OutputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
					SerdeInfo: { SerializationLibrary: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe" },
				},
			},
		}),
	);
	const role = "arn:aws:iam::000000000000:role/dev";
	await glue.send(
		new CreateCrawlerCommand({
			Name: crawler,
			Role: role,
			DatabaseName: database,
			Targets: { S3Targets: [{ Path: `s3://${processed}/` }] },
		}),
	);
	for (const Name of Object.values(outputs.jobs)) {
		const command = { Name: "glueetl", ScriptLocation: "s3://dev-scripts/job.py" };
		await glue.send(new CreateJobCommand({ Name, Role: role, Command: command }));
	}
	const athena = await clients.athena();
	await athena.send(
		new CreateWorkGroupCommand({
			Name: outputs.athena.workgroup,
			Configuration: { ResultConfiguration: { OutputLocation: outputs.athena.resultsUri } },
		}),
	);
}

/** 1,500 clicks on three departments. */
async function parquetFile(): Promise<Uint8Array> {
	const folder = await mkdtemp(join(tmpdir(), "pipeline-clicks-"));
	const instance = await DuckDBInstance.create(":memory:");
	const connection = await instance.connect();
	try {
		const file = join(folder, "clicks.parquet");
		await connection.run(
			`COPY (SELECT ['Toys', 'Books', 'Garden'][1 + n % 3] AS department, (n % 10)::DOUBLE AS price FROM range(1500) AS r(n)) TO '${file}' (FORMAT parquet)`,
		);
		return await readFile(file);
	} finally {
		connection.closeSync();
		instance.closeSync();
		await rm(folder, { recursive: true, force: true });
	}
}

it("S3: lists every object, page by page, and of one prefix only", async () => {
	const keys: string[] = [];
	for await (const { key, size } of (await stack.raw()).list("many/")) {
		keys.push(key);
		expect(size).toBe(10);
	}
	expect(keys).toHaveLength(objects);
	expect(new Set(keys).size).toBe(objects);
});

it("S3: fetches an object's bytes, once", async () => {
	const store = await stack.processed();
	const path = await store.fetch("clicks/part-0.parquet");
	expect(await readParquet([path], ["department"])).toHaveLength(1500);
	expect(await store.fetch("clicks/part-0.parquet")).toBe(path);
});

it("S3: an object that is not there is an error that says so", async () => {
	await expect((await stack.processed()).fetch("clicks/absent")).rejects.toMatchObject({ outcome: "serviceRefused" });
});

it("Athena: answers from the files, by type", async () => {
	const query = await stack.query();
	const result = await query.run(
		"SELECT department, COUNT(*) AS clicks, SUM(price) AS total FROM clicks GROUP BY department ORDER BY department",
		testContext(),
	);
	expect(result.columns.map(({ name }) => name)).toEqual(["department", "clicks", "total"]);
	expect(result.rows.map(([department, clicks]) => [department, Number(clicks)])).toEqual([
		["Books", 500],
		["Garden", 500],
		["Toys", 500],
	]);
});

it("Athena: reads more than a page of rows", async () => {
	const result = await (await stack.query()).run("SELECT department FROM clicks", testContext());
	expect(result.rows).toHaveLength(1500);
});

it("Athena: a table that is not there is a fault of the statement", async () => {
	await expect((await stack.query()).run("SELECT * FROM absent", testContext())).rejects.toMatchObject({
		outcome: "usage",
	});
});

it("Glue: runs jobs in their order, joins the crawler, reads the catalog", async () => {
	const result = await runEtl(stack, ["process-load", "process-cdc"], testContext());
	expect(result.jobs.map(({ job, state }) => [job, state])).toEqual([
		["process-load", "succeeded"],
		["process-cdc", "succeeded"],
	]);
	expect(result.catalog?.tables).toMatchObject([{ name: "clicks", format: "parquet", change: "unchanged" }]);
	expect(await (await stack.jobs()).lastRun()).toMatchObject({ runId: result.runId, running: false });
});

it("Glue: two crawls at once are one", async () => {
	const crawlers = await stack.crawlers();
	const [first, second] = await Promise.all([crawlers.crawl(testContext()), crawlers.crawl(testContext())]);
	expect(first.tables).toEqual(second.tables);
});
