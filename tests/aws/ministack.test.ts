import { execFile } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { expect, vi } from "vitest";
import { runEtl } from "../../cli/actions/etl/runEtl.ts";
import { projectRoot } from "../../cli/common/projectRoot.ts";
import { textLines } from "../../cli/common/textLines.ts";
import { AwsStack } from "../../cli/engines/aws/stack.ts";
import { readParquet } from "../../cli/engines/duckdb/parquetReader.ts";
import { lake } from "../../etl/contract/contract.ts";
import { it } from "../support/aws/awsFixtures.ts";
import { deploy, manyKeys, otherKey } from "../support/aws/deployToMiniStack.ts";
import type { MiniStack } from "../support/aws/ministack.ts";
import { outputs } from "../support/aws/outputs.ts";

const signal = new AbortController().signal;
const { raw, processed } = outputs.buckets;

let server: MiniStack;
let _folder: string;
let stack: AwsStack;
it.beforeAll(async ({ miniStack, fileFolder }) => {
	server = miniStack;
	_folder = fileFolder;
	const env = { AWS_ENDPOINT_URL: server.url, AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
	for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
	stack = new AwsStack(outputs, { signal });
	await deploy(server, fileFolder, signal);
});
it.afterAll(() => {
	vi.unstubAllEnvs();
});

it("S3: lists every object, page by page, and of one prefix only", async () => {
	const keys: string[] = [];
	for await (const { key, size } of (await stack.raw()).list("shop/many/")) {
		keys.push(key);
		expect(size).toBe(key.length);
	}
	expect(keys.sort()).toEqual(manyKeys);
});

/** What a line of Python prints as JSON that has the jobs' package, and both buckets as `raw` and `processed`. */
async function inJobs(code: string): Promise<unknown> {
	const program = [
		"import json",
		"from lakehouse.raw import raw_files",
		"from lakehouse.storage.files import Storage, fs",
		`raw, processed = Storage("s3://${raw}/"), Storage("s3://${processed}/")`,
		// By the variable AWS_ENDPOINT_URL alone, it would make the bucket a part of the host's name.
		"class Access:",
		`    filesystem = fs.S3FileSystem(endpoint_override="${server.url}")`,
		"raw._access = processed._access = Access()",
		code,
	].join("\n");
	const env = { ...process.env, AWS_REGION: outputs.region, PYTHONPATH: join(projectRoot, "etl") };
	const python = join(projectRoot, ".pipeline", "python", "bin", "python");
	return JSON.parse((await promisify(execFile)(python, ["-c", program], { env })).stdout);
}

it("S3: the jobs find every file of a table, page by page, and none of another", async () => {
	const found = await inJobs(
		'print(json.dumps({"/".join(name): [file.path for file in files] for name, files in raw_files.tables(raw, raw.files("")).items()}))',
	);
	expect(found).toEqual({ "shop/many": manyKeys, "shop/many_more": [otherKey] });
});

it("S3: the jobs write, replace, move and remove their own files", async () => {
	const seen = await inJobs(`
for number in (1, 2):
    processed.write_json("_state/shop/t.json", {"number": number})
for name in ("a", "b", "c"):
    processed.write(f"shop/t/batch=1/{name}", name.encode())
processed.move("shop/t/batch=1/c", "shop/t/batch=2/c")
processed.delete_file("shop/t/batch=1/a")
before = [file.path for file in processed.files("shop")]
processed.delete_folder("shop/t/batch=1")
processed.delete_folder("shop/absent")
after = [processed.folders("shop/t"), processed.exists("shop/t/batch=1"), [file.path for file in processed.files("shop/t")]]
print(json.dumps([processed.read_json("_state/shop/t.json"), processed.read_json("_state/absent.json"), before, after]))`);
	expect(seen).toEqual([
		{ number: 2 },
		null,
		["shop/t/batch=1/b", "shop/t/batch=2/c"],
		[["batch=2"], false, ["shop/t/batch=2/c"]],
	]);
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

it("Athena: answers from the files, by type", async ({ context }) => {
	const query = await stack.query();
	const result = await query.run(
		"SELECT department, COUNT(*) AS clicks, SUM(price) AS total FROM clicks GROUP BY department ORDER BY department",
		context,
	);
	expect(result.columns.map(({ name }) => name)).toEqual(["department", "clicks", "total"]);
	expect(result.rows.map(([department, clicks]) => [department, Number(clicks)])).toEqual([
		["Books", 500],
		["Garden", 500],
		["Toys", 500],
	]);
});

it("Athena: reads more than a page of rows", async ({ context }) => {
	const result = await (await stack.query()).run("SELECT department FROM clicks", context);
	expect(result.rows).toHaveLength(1500);
});

it("Athena: a table that is not there is a fault of the statement", async ({ context }) => {
	await expect((await stack.query()).run("SELECT * FROM absent", context)).rejects.toMatchObject({
		outcome: "usage",
	});
});

it("Glue: runs jobs in their order, joins the crawler, reads the catalog", async ({ context }) => {
	// Those before them ask DMS for loads, which MiniStack does not have.
	const result = await runEtl(stack, ["build-models", "apply-changes"], context);
	expect(result.jobs.map(({ job, state }) => [job, state])).toEqual([
		["apply-changes", "succeeded"],
		["build-models", "succeeded"],
	]);
	expect(result.catalog?.tables).toMatchObject([{ name: "clicks", format: "parquet", change: "unchanged" }]);
	expect(await (await stack.jobs()).lastRun()).toMatchObject({ runId: result.runId, running: false });
});

it("Glue: two crawls at the same time are one", async ({ context }) => {
	const crawlers = await stack.crawlers();
	const [first, second] = await Promise.all([crawlers.crawl(context), crawlers.crawl(context)]);
	expect(first.tables).toEqual(second.tables);
});

it("Kinesis and Firehose: every click once in the tail and once in the raw zone, under its hour", async ({
	context,
	abort,
	fileContext,
}) => {
	const stream = await stack.eventStream();
	expect(await stream.status?.()).toEqual({ state: "ACTIVE", text: `${outputs.clickstream?.streamName}, 2 shards` });
	const sent: string[] = [];
	const send = async (records: string[]): Promise<void> => {
		sent.push(...records);
		expect(await stream.send(records, fileContext)).toMatchObject({ accepted: records.length, lost: 0 });
	};
	const seen: string[] = [];
	const tail = (async () => {
		const follower = await new AwsStack(outputs, { signal: abort.signal }).eventStream();
		for await (const { record } of follower.tail(context)) seen.push(record);
	})();
	try {
		// The tail begins at the newest record of every shard: once it shows any, it has its place in all.
		while (seen.length === 0) {
			await send(Array.from({ length: 4 }, (_, id) => JSON.stringify({ of: "probe", id: sent.length + id })));
			await sleep(300);
		}
		// More than a call takes.
		const clicks = Array.from({ length: 520 }, (_, id) => JSON.stringify({ of: "clicks", id, name: "Küche\n" }));
		await send(clicks);
		const tailed = () => seen.filter((record) => record.includes('"clicks"')).sort();
		while (tailed().length < clicks.length) await sleep(100);
		expect(tailed()).toEqual([...clicks].sort());
	} finally {
		abort.abort(new Error("enough"));
		await tail;
	}
	const raw = await stack.raw();
	const delivered = new Map<string, string[]>();
	const lines = () => [...delivered.values()].flat();
	while (lines().length < sent.length) {
		for await (const { key } of raw.list(`${lake.clickstream}/`)) {
			if (delivered.has(key)) continue;
			const found: string[] = [];
			for await (const line of textLines(await raw.fetch(key), key.endsWith(".gz"))) found.push(line);
			delivered.set(key, found);
		}
	}
	expect(lines().sort()).toEqual([...sent].sort());
	for (const key of delivered.keys()) expect(key).toMatch(/^clickstream-data\/\d{4}\/\d\d\/\d\d\/\d\d\/[^/]+$/);
});
