/**
 * Speed of `clicks send`: into the local delivery buffer, and into MiniStack's Kinesis beside `aws kinesis put-records` in a
 * loop. See bench/README.md.
 *
 *     npx tsx bench/clicks.ts [--records 1000000] [--ministack path/to/ministack --aws path/to/aws]
 */
import { execFileSync, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Clients } from "../cli/engines/aws/clients.ts";
import { KinesisEventStream } from "../cli/engines/aws/kinesisEventStream.ts";
import { LocalEventStream } from "../cli/engines/local/eventStream.ts";
import type { Context, EventStream } from "../cli/engines/port.ts";
import { clickRecords } from "../cli/steps/clicks.ts";
import type { PipelineOutputs } from "../infra/outputs.ts";

const { values } = parseArgs({
	options: {
		records: { type: "string", default: "1000000" },
		ministack: { type: "string" },
		aws: { type: "string" },
	},
});
const records = Number(values.records);
const calls = 8;
const streamName = "bench";
const signal = new AbortController().signal;
const context: Context = {
	signal,
	reporter: { task: (_, run) => run(() => undefined), note: () => undefined, warn: (text) => console.warn(text) },
};
const rows: Record<string, unknown>[] = [];
const folder = await mkdtemp(join(tmpdir(), "bench-clicks-"));

async function measure(name: string, stream: EventStream, source: Iterable<string>): Promise<void> {
	const before = process.cpuUsage();
	const { accepted, retried, lost, seconds } = await stream.send(source, context);
	const { user, system } = process.cpuUsage(before);
	rows.push({
		way: name,
		accepted,
		retried,
		lost,
		"records/s": Math.round(accepted / seconds),
		"CPU s": (user + system) / 1e6,
		"highest memory, MB": Math.round(process.resourceUsage().maxRSS / 1000),
	});
}

try {
	// Made before, so that the buffer's own speed is seen; a part is repeated, for the sake of memory.
	const made = [...clickRecords({ records: 20_000, seed: 1 })];
	function* repeated(count: number): Generator<string> {
		for (let at = 0; at < count; at += 1) yield made[at % made.length] as string;
	}
	const local = new LocalEventStream({ spool: join(folder, "spool"), raw: join(folder, "raw") });
	await measure("local delivery buffer", local, repeated(records));
	await measure("local, records made on the way", local, clickRecords({ records, seed: 2 }));
	if (values.ministack !== undefined)
		await kinesis(values.ministack, values.aws, repeated(Math.min(records, 200_000)), made);
	console.table(rows);
} finally {
	await rm(folder, { recursive: true, force: true });
}

async function kinesis(
	ministack: string,
	aws: string | undefined,
	source: Iterable<string>,
	made: readonly string[],
): Promise<void> {
	const port = await freePort();
	const server = spawn(ministack, [], {
		stdio: "ignore",
		cwd: folder,
		env: { ...process.env, BIND_HOST: "127.0.0.1", GATEWAY_PORT: String(port) },
	});
	Object.assign(process.env, {
		AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
		AWS_ACCESS_KEY_ID: "bench",
		AWS_SECRET_ACCESS_KEY: "bench",
		AWS_REGION: "us-east-1",
		AWS_DEFAULT_REGION: "us-east-1",
		AWS_EC2_METADATA_DISABLED: "true",
	});
	try {
		const clients = new Clients({ region: "us-east-1", signal });
		const client = await clients.kinesis();
		const { CreateStreamCommand, DescribeStreamSummaryCommand } = await import("@aws-sdk/client-kinesis");
		while (!(await answers(port))) await sleep(100);
		await client.send(new CreateStreamCommand({ StreamName: streamName, ShardCount: 4 }));
		for (;;) {
			const summary = await client.send(new DescribeStreamSummaryCommand({ StreamName: streamName }));
			if (summary.StreamDescriptionSummary?.StreamStatus === "ACTIVE") break;
			await sleep(100);
		}
		const stream = new KinesisEventStream(clients, { clickstream: { streamName } } as PipelineOutputs);
		await measure("Kinesis (MiniStack)", stream, source);
		if (aws !== undefined) await loopOfCommands(aws, made);
	} finally {
		server.kill("SIGKILL");
	}
}

/** What one would write without a producer: full calls, one after the other. */
async function loopOfCommands(aws: string, made: readonly string[]): Promise<void> {
	const batch = made.slice(0, 500).map((record, at) => ({
		Data: Buffer.from(record).toString("base64"),
		PartitionKey: String(at),
	}));
	const file = join(folder, "batch.json");
	await writeFile(file, JSON.stringify(batch));
	const startedAt = performance.now();
	for (let call = 0; call < calls; call += 1) {
		const answer = execFileSync(
			aws,
			["kinesis", "put-records", "--stream-name", streamName, "--records", `file://${file}`, "--output", "json"],
			{ encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
		);
		if (JSON.parse(answer).FailedRecordCount !== 0) throw new Error("put-records lost records");
	}
	const seconds = (performance.now() - startedAt) / 1000;
	const accepted = calls * batch.length;
	rows.push({ way: "aws kinesis put-records in a loop", accepted, "records/s": Math.round(accepted / seconds) });
}

async function answers(port: number): Promise<boolean> {
	try {
		await fetch(`http://127.0.0.1:${port}/`);
		return true;
	} catch {
		return false;
	}
}

function freePort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const probe = createServer();
		probe.once("error", reject);
		probe.listen(0, "127.0.0.1", () => {
			const address = probe.address();
			probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
		});
	});
}
