import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { KinesisClient, PutRecordsRequestEntry } from "@aws-sdk/client-kinesis";
import type { PipelineOutputs } from "../../../infra/outputs.ts";
import type { Arrival, Context, EventStream, SendOptions, SendResult } from "../port.ts";
import { TokenBucket } from "../tokenBucket.ts";
import type { Clients } from "./clients.ts";

/** Limits of one PutRecords call. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html */
const limits = { records: 500, bytes: 5 * 2 ** 20 } as const;

/** Tries of a record that the stream refuses, mostly since a shard's rate is exceeded. */
const tries = 8;

/** Sends clicks to the stack's Kinesis stream, which Firehose delivers to the raw zone. */
export class KinesisEventStream implements EventStream {
	readonly #clients: Clients;
	readonly #deployment: PipelineOutputs;

	constructor(clients: Clients, deployment: PipelineOutputs) {
		this.#clients = clients;
		this.#deployment = deployment;
	}

	async send(records: Iterable<string>, context: Context, options: SendOptions = {}): Promise<SendResult> {
		const client = await this.#clients.kinesis();
		const startedAt = Date.now();
		const result: SendResult = { accepted: 0, retried: 0, lost: 0, malformed: 0, seconds: 0 };
		const bucket = options.rate === undefined ? undefined : new TokenBucket(options.rate, limits.records);
		try {
			for (const batch of batches(records, Math.min(limits.records, options.rate ?? limits.records))) {
				if (context.signal.aborted || (await bucket?.take(batch.length, context.signal)) === false) break;
				await this.#put(client, batch, result, context);
				options.onProgress?.(result);
			}
		} catch (error) {
			// What was acknowledged up to the abort counts.
			if (!context.signal.aborted) throw error;
		}
		result.seconds = (Date.now() - startedAt) / 1000;
		return result;
	}

	/** Reads every shard once a second, which is a fifth of what a shard allows to all its readers. */
	async *tail(context: Context): AsyncIterable<Arrival> {
		const client = await this.#clients.kinesis();
		const { GetRecordsCommand, GetShardIteratorCommand } = await import("@aws-sdk/client-kinesis");
		const { streamName: StreamName } = this.#deployment.clickstream;
		const iterators = new Map<string, string>();
		for (const ShardId of await this.#shards(client)) {
			const { ShardIterator: iterator } = await client.send(
				new GetShardIteratorCommand({ StreamName, ShardId, ShardIteratorType: "LATEST" }),
			);
			if (iterator !== undefined) iterators.set(ShardId, iterator);
		}
		while (!context.signal.aborted && iterators.size > 0) {
			for (const [shard, ShardIterator] of iterators) {
				const { Records: records = [], NextShardIterator: next } = await client.send(
					new GetRecordsCommand({ ShardIterator }),
				);
				for (const { Data: data } of records) yield { record: Buffer.from(data ?? []).toString("utf8"), place: shard };
				if (next === undefined) iterators.delete(shard);
				else iterators.set(shard, next);
			}
			await sleep(1000, undefined, { signal: context.signal }).catch(() => undefined);
		}
	}

	/** The SDK has no paginator for them: behind the first page a token stands in the place of the name. */
	async #shards(client: KinesisClient): Promise<string[]> {
		const { ListShardsCommand } = await import("@aws-sdk/client-kinesis");
		const ids: string[] = [];
		let token: string | undefined;
		do {
			const where =
				token === undefined ? { StreamName: this.#deployment.clickstream.streamName } : { NextToken: token };
			const page = await client.send(new ListShardsCommand(where));
			ids.push(...(page.Shards ?? []).map(({ ShardId: id = "" }) => id));
			token = page.NextToken;
		} while (token !== undefined);
		return ids;
	}

	/** Only the records that failed are sent again; the others are stored. */
	async #put(
		client: KinesisClient,
		batch: PutRecordsRequestEntry[],
		result: SendResult,
		context: Context,
	): Promise<void> {
		const { PutRecordsCommand } = await import("@aws-sdk/client-kinesis");
		let rest = batch;
		for (let attempt = 1; rest.length > 0; attempt += 1) {
			const { Records: answers = [] } = await client.send(
				new PutRecordsCommand({ StreamName: this.#deployment.clickstream.streamName, Records: rest }),
			);
			const failed = rest.filter((_, index) => answers[index]?.ErrorCode !== undefined);
			result.accepted += rest.length - failed.length;
			rest = failed;
			if (rest.length === 0) return;
			if (attempt === tries) {
				result.lost += rest.length;
				return;
			}
			result.retried += rest.length;
			await sleep(Math.random() * Math.min(5_000, 50 * 2 ** attempt), undefined, { signal: context.signal }).catch(() =>
				context.signal.throwIfAborted(),
			);
		}
	}
}

function* batches(records: Iterable<string>, most: number): Generator<PutRecordsRequestEntry[]> {
	let batch: PutRecordsRequestEntry[] = [];
	let bytes = 0;
	for (const record of records) {
		const data = Buffer.from(record);
		// A key of its own spreads the records over all shards; it counts as well.
		const key = randomUUID();
		const size = data.length + key.length;
		if (batch.length >= most || bytes + size > limits.bytes) {
			yield batch;
			batch = [];
			bytes = 0;
		}
		batch.push({ Data: data, PartitionKey: key });
		bytes += size;
	}
	if (batch.length > 0) yield batch;
}
