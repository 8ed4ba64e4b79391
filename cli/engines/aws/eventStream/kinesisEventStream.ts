import type { KinesisClient } from "@aws-sdk/client-kinesis";
import { counted } from "../../../common/grouped.ts";
import { pause } from "../../../common/poll.ts";
import { TokenBucket } from "../../../common/tokenBucket.ts";
import type { Arrival, Context, EventStream, SendOptions, SendResult, StreamStatus } from "../../port.ts";
import type { Clients } from "../client/clients.ts";
import { kinesisBatches, putLimits } from "./kinesisBatches.ts";
import { KinesisSender } from "./kinesisSender.ts";

/** Sends clicks to the stack's Kinesis stream, which Firehose delivers to the raw zone. */
export class KinesisEventStream implements EventStream {
	readonly #clients: Clients;
	readonly #streamName: string;

	/** @param streamName of the stream that takes clicks. */
	constructor(clients: Clients, streamName: string) {
		this.#clients = clients;
		this.#streamName = streamName;
	}

	/** @throws PipelineError where the stream refuses; how much it had accepted before is a warning. */
	async send(
		records: Iterable<string>,
		{ signal, reporter }: Context,
		{ rate, onProgress }: SendOptions = {},
	): Promise<SendResult> {
		const startedAt = performance.now();
		const client = await this.#clients.kinesisOnce();
		const atOnce = Math.min(putLimits.records, rate ?? putLimits.records);
		const bucket = rate === undefined ? undefined : new TokenBucket(rate, atOnce);
		const sender = new KinesisSender(client, this.#streamName, {
			bucket,
			signal,
			onProgress: () => onProgress?.({ ...sender.totals }),
		});
		let tooLarge = 0;
		try {
			await sender.send(
				kinesisBatches(records, atOnce, () => {
					tooLarge += 1;
					sender.totals.lost += 1;
				}),
			);
		} catch (error) {
			const { accepted } = sender.totals;
			if (accepted > 0) reporter.warn(`The stream accepted ${counted(accepted, "record")} before it failed.`);
			throw error;
		}
		if (tooLarge > 0)
			reporter.warn(
				`${counted(tooLarge, "record")} larger than 1 MiB, the stream's limit, ${tooLarge === 1 ? "was" : "were"} not sent.`,
			);
		return { ...sender.totals, seconds: (performance.now() - startedAt) / 1000 };
	}

	async status(): Promise<StreamStatus> {
		const client = await this.#clients.kinesis();
		const { DescribeStreamSummaryCommand } = await import("@aws-sdk/client-kinesis");
		const StreamName = this.#streamName;
		const { StreamDescriptionSummary: found } = await client.send(new DescribeStreamSummaryCommand({ StreamName }));
		const { StreamStatus: state = "none", OpenShardCount: shards = 0 } = found ?? {};
		return { state, text: `${StreamName}, ${shards === 1 ? "1 shard" : `${shards} shards`}` };
	}

	/** Reads every shard once a second, which is a fifth of what a shard allows to all its readers. */
	async *tail({ signal }: Context): AsyncGenerator<Arrival> {
		const client = await this.#clients.kinesis();
		const { GetRecordsCommand } = await import("@aws-sdk/client-kinesis");
		const iterators = new Map<string, string>();
		const shards = await this.#shards(client);
		const known = new Set(shards);
		try {
			for (const shard of shards) await this.#follow(client, iterators, shard, "LATEST");
			while (!signal.aborted && iterators.size > 0) {
				for (const [shard, ShardIterator] of iterators) {
					const answer = await client.send(new GetRecordsCommand({ ShardIterator }));
					for (const { Data: data } of answer.Records ?? []) {
						yield { record: Buffer.from(data ?? []).toString("utf8"), place: shard };
					}
					if (answer.NextShardIterator !== undefined) iterators.set(shard, answer.NextShardIterator);
					else iterators.delete(shard);
					// A shard that was split or merged ends, and names those that go on.
					for (const { ShardId: child } of answer.ChildShards ?? []) {
						if (child !== undefined && !known.has(child)) {
							known.add(child);
							await this.#follow(client, iterators, child, "TRIM_HORIZON");
						}
					}
				}
				await pause(1000, signal);
			}
		} catch (error) {
			if (!signal.aborted) throw error;
		}
	}

	async #follow(
		client: KinesisClient,
		iterators: Map<string, string>,
		ShardId: string,
		ShardIteratorType: "LATEST" | "TRIM_HORIZON",
	): Promise<void> {
		const { GetShardIteratorCommand } = await import("@aws-sdk/client-kinesis");
		const StreamName = this.#streamName;
		const answer = await client.send(new GetShardIteratorCommand({ StreamName, ShardId, ShardIteratorType }));
		if (answer.ShardIterator !== undefined) iterators.set(ShardId, answer.ShardIterator);
	}

	/** The SDK has no paginator for them: behind the first page a token stands instead of the name. */
	async #shards(client: KinesisClient): Promise<string[]> {
		const { ListShardsCommand } = await import("@aws-sdk/client-kinesis");
		const ids: string[] = [];
		let token: string | undefined;
		do {
			const where = token === undefined ? { StreamName: this.#streamName } : { NextToken: token };
			const page = await client.send(new ListShardsCommand(where));
			ids.push(...(page.Shards ?? []).map(({ ShardId: id = "" }) => id));
			token = page.NextToken;
		} while (token !== undefined);
		return ids;
	}
}
