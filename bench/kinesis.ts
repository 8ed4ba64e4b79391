/**
 * The Kinesis part of clicks.ts: MiniStack, and three ways to put the same records into it. MiniStack looks through all the
 * records of a stream at each call, so its speed falls with what a stream holds: every round has a stream of its own.
 */
import { execFileSync, fork, spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { Agent, request } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Clients } from "../cli/engines/aws/client/clients.ts";
import { kinesisBatches, putLimits } from "../cli/engines/aws/eventStream/kinesisBatches.ts";
import { KinesisEventStream } from "../cli/engines/aws/eventStream/kinesisEventStream.ts";
import type { EventStream } from "../cli/engines/port.ts";

/** A server that speaks Kinesis. */
export interface Server {
	url: string;
	stop(): void;
}

/** Connections of the bare client: what one thread of Python answers does not grow with more. */
const connections = 4;

export async function startMiniStack(program: string, folder: string): Promise<Server> {
	const port = await freePort();
	const child = spawn(program, [], {
		stdio: "ignore",
		cwd: folder,
		env: { ...process.env, BIND_HOST: "127.0.0.1", GATEWAY_PORT: String(port) },
	});
	const url = `http://127.0.0.1:${port}`;
	while (!(await answers(url))) await sleep(100);
	return { url, stop: () => child.kill("SIGKILL") };
}

/** A server that takes everything and keeps nothing: what is left is the sender's own time. */
export async function startSink(): Promise<Server> {
	const port = await freePort();
	const child = fork(new URL("./kinesisSink.mjs", import.meta.url), [String(port)]);
	const url = `http://127.0.0.1:${port}`;
	while (!(await answers(url))) await sleep(20);
	return { url, stop: () => child.kill("SIGKILL") };
}

export function useServer({ url }: Server): void {
	Object.assign(process.env, {
		AWS_ENDPOINT_URL: url,
		AWS_ACCESS_KEY_ID: "bench",
		AWS_SECRET_ACCESS_KEY: "bench",
		AWS_REGION: "us-east-1",
		AWS_DEFAULT_REGION: "us-east-1",
		AWS_EC2_METADATA_DISABLED: "true",
	});
}

/** `clicks send` into the stream of that name, which is made before. */
export async function ourSender(streamName: string): Promise<EventStream> {
	const clients = new Clients({ region: "us-east-1", signal: new AbortController().signal });
	const client = await clients.kinesis();
	const { CreateStreamCommand, DescribeStreamSummaryCommand } = await import("@aws-sdk/client-kinesis");
	await client.send(new CreateStreamCommand({ StreamName: streamName, ShardCount: 4 }));
	for (;;) {
		const summary = await client.send(new DescribeStreamSummaryCommand({ StreamName: streamName }));
		if (summary.StreamDescriptionSummary?.StreamStatus === "ACTIVE") break;
		await sleep(50);
	}
	return new KinesisEventStream(clients, streamName);
}

/**
 * The server's ceiling: calls that were put together before, without signature, over connections that stay open.
 * @returns seconds.
 */
export async function bareClient({ url }: Server, streamName: string, records: readonly string[]): Promise<number> {
	await ourSender(streamName);
	const bodies = [...kinesisBatches(records, putLimits.records, () => undefined)].map((batch) =>
		JSON.stringify({
			StreamName: streamName,
			Records: batch.map(({ Data: data = new Uint8Array(), PartitionKey }) => ({
				Data: Buffer.from(data).toString("base64"),
				PartitionKey,
			})),
		}),
	);
	const agent = new Agent({ keepAlive: true, maxSockets: connections });
	const startedAt = performance.now();
	const send = async (): Promise<void> => {
		for (let body = bodies.pop(); body !== undefined; body = bodies.pop()) await put(agent, url, body);
	};
	await Promise.all(Array.from({ length: connections }, send));
	const seconds = (performance.now() - startedAt) / 1000;
	agent.destroy();
	return seconds;
}

function put(agent: Agent, url: string, body: string): Promise<void> {
	const headers = {
		"content-type": "application/x-amz-json-1.1",
		"content-length": Buffer.byteLength(body),
		"x-amz-target": "Kinesis_20131202.PutRecords",
		authorization: "AWS4-HMAC-SHA256 Credential=bench/20260905/us-east-1/kinesis/aws4_request, Signature=none",
	};
	return new Promise((resolve, reject) => {
		const call = request(url, { agent, method: "POST", headers }, (response) => {
			response.resume();
			if (response.statusCode !== 200) reject(new Error(`PutRecords answered ${response.statusCode}`));
			response.once("end", resolve);
		});
		call.once("error", reject);
		call.end(body);
	});
}

/**
 * What one would write without a producer: full calls of the AWS CLI, one after the other.
 * @returns seconds.
 */
export async function loopOfCommands(
	aws: string,
	streamName: string,
	folder: string,
	records: readonly string[],
): Promise<number> {
	await ourSender(streamName);
	const files: string[] = [];
	for (const batch of kinesisBatches(records, putLimits.records, () => undefined)) {
		const file = join(folder, `batch-${files.length}.json`);
		const entries = batch.map(({ Data: data = new Uint8Array(), PartitionKey }) => ({
			Data: Buffer.from(data).toString("base64"),
			PartitionKey,
		}));
		await writeFile(file, JSON.stringify(entries));
		files.push(file);
	}
	const startedAt = performance.now();
	for (const file of files) {
		const answer = execFileSync(
			aws,
			["kinesis", "put-records", "--stream-name", streamName, "--records", `file://${file}`, "--output", "json"],
			{ encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
		);
		if (JSON.parse(answer).FailedRecordCount !== 0) throw new Error("put-records lost records");
	}
	return (performance.now() - startedAt) / 1000;
}

async function answers(url: string): Promise<boolean> {
	try {
		await fetch(url);
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
