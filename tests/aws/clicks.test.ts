import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect } from "vitest";
import type { VerifyClicksReport } from "../../cli/actions/verify/verifyClicks.ts";
import type { Answered } from "../support/aws/athena.ts";
import { it } from "../support/aws/awsFixtures.ts";
import { faults } from "../support/aws/endpoint.ts";
import { parquetTable } from "../support/aws/glue.ts";
import { outputs } from "../support/aws/outputs.ts";
import { putReport } from "../support/aws/report.ts";
import type { ScriptedStack } from "../support/aws/scriptedStack.ts";

interface Click {
	productid: number;
	productname: string;
	department: string;
	price: number;
	productDetails: { color: string; material: string; comments: string };
}

let aws: ScriptedStack;
it.beforeEach(async ({ aws: own }) => {
	aws = own;
	aws.athena.before = [];
	aws.glue.tables = [parquetTable("clickstream_data")];
});

it("sends what was asked for, and says so", async () => {
	const { code, out, err } = await aws.run("clicks", "send", "--records", "1200");
	expect(code).toBe(0);
	expect(out).toMatch(/^1,200 records accepted, 0 retried, 0 lost in [\d.]+ m?s\.\nStack dev\.\n$/);
	expect(err).toMatch(/Send clicks 1,200 of 1,200 records, [\d,]+\/s/);
	expect(aws.stream.stored).toHaveLength(1200);
});

it("ends with 1 where a record was lost, and counts it", async () => {
	aws.stream.refuse = (text) => (text === aws.stream.calls[0]?.texts[3] ? "InternalFailure" : undefined);
	const { code, document, err } = await aws.json("clicks", "send", "--records", "10", "--seed", "5");
	expect(code).toBe(1);
	expect(document).toMatchObject({ stack: "dev", accepted: 9, retried: 9, lost: 1 });
	expect(err).toMatch(/9 of 10 records, \d+\/s, 9 retried, 1 lost/);
});

it("makes no call where the template cannot work", async () => {
	const file = join(dirname(aws.file), "click.json");
	await writeFile(file, '{"productid": {{random.nonsense}}}');
	const { code, err } = await aws.run("clicks", "send", "--template", file);
	expect(code).toBe(2);
	expect(err).toContain("error: The template's {{random.nonsense}} is not a faker function.");
	expect(aws.endpoint.inputs("kinesis", "PutRecords")).toEqual([]);
});

it("ends with 4 where it may not send, naming what is refused", async () => {
	aws.endpoint.fault(
		"kinesis",
		"PutRecords",
		faults.denied("kinesis:PutRecords", "arn:aws:kinesis:::stream/dev-clicks"),
	);
	const { code, err } = await aws.run("clicks", "send", "--records", "10");
	expect(code).toBe(4);
	expect(err).toContain("Access denied: kinesis:PutRecords");
});

it("tails as many records as were asked for", async () => {
	const sending = setInterval(() => {
		if (aws.endpoint.inputs("kinesis", "GetRecords").length === 0) return;
		clearInterval(sending);
		for (const text of ['{"n":1}', '{"n":2}', '{"n":3}']) aws.stream.stored.push({ shard: "shard-0", text, key: text });
	}, 5);
	const { code, out, err } = await aws.run("clicks", "tail", "--records", "2");
	clearInterval(sending);
	expect(code).toBe(0);
	expect(out).toBe('{"n":1}\n{"n":2}\n');
	expect(err).toContain("Stack dev.");
});

const orderItems = 7;

/**
 * Instead of Firehose and of the jobs: an object of what the stream has, and what Athena then answers.
 * @param seen which of the clicks a query finds.
 */
function deliver(seen: (clicks: Click[]) => Click[]): () => void {
	const hour = new Date().toISOString().slice(0, 13).replaceAll(/[-T]/g, "/");
	const clicks = (): Click[] => seen(aws.stream.texts.map((text) => JSON.parse(text) as Click));
	const waiting = setInterval(() => {
		if (aws.stream.stored.length < 4) return;
		clearInterval(waiting);
		const content = gzipSync(`{"productname":"of another"}\n${aws.stream.texts.join("\n")}\n`);
		aws.s3.put(outputs.buckets.raw, `clickstream-data/${hour}/dev-delivery-1.json.gz`, content);
	}, 5);
	aws.glue.onStart = (run) => {
		putReport(aws.s3, run, { rows_read: 4, rows_written: orderItems });
	};
	aws.athena.answer = (sql): Answered => {
		if (/FROM joint_tables/.test(sql)) {
			const columns = ["found", "expected"].map((name) => [name, "bigint"] as const);
			return { columns, rows: [[String(orderItems), String(orderItems)]] };
		}
		const rows = clicks().map(({ productDetails: { color, material, comments }, ...click }) => [
			...Object.values(click).map(String),
			...[color, material, comments],
			...hour.split("/"),
		]);
		return { columns: Array.from({ length: 11 }, (_, at) => [`c${at}`, "varchar"] as const), rows };
	};
	return () => clearInterval(waiting);
}

it.each([
	["what was sent", (clicks: Click[]) => clicks, 0, true],
	["one click less", (clicks: Click[]) => clicks.slice(1), 10, false],
])("verify-clicks follows marked clicks; where a query finds %s it ends accordingly", async (_, seen, exit, ok) => {
	const stop = deliver(seen);
	const { code, document } = await aws.json<VerifyClicksReport>("verify-clicks");
	stop();
	expect(document.checks.map(({ name, ok: good }) => [name, good])).toEqual([
		["stream", true],
		["raw zone", true],
		["clickstream_data", ok],
		["hour", true],
		["jobs", true],
		["joint_tables", true],
	]);
	expect(code).toBe(exit);
	expect(aws.endpoint.inputs("glue", "StartCrawler")).toHaveLength(1);
});
