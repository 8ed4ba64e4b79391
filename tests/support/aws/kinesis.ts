import { type AwsEndpoint, json } from "./endpoint.ts";

interface Entry {
	Data: string;
	PartitionKey: string;
}

interface StoredRecord {
	shard: string;
	text: string;
	key: string;
}

/** A Kinesis stream behind the endpoint: keeps what it accepts, and refuses what the test says. */
export class ScriptedStream {
	/** What was accepted, in its order. */
	readonly stored: StoredRecord[] = [];
	/** Records of each call of PutRecords, also of those that were refused. */
	readonly calls: { at: number; texts: string[]; bytes: number }[] = [];
	/** Error code of a record; undefined accepts it. `count` is how often it came before. */
	refuse: (text: string, count: number) => string | undefined = () => undefined;
	/** Milliseconds before each answer, or what it waits for. */
	delay: number | Promise<unknown> = 0;
	/** Shards, each with those that go on after it where it is closed. */
	readonly shards = new Map<string, string[]>([["shard-0", []]]);
	readonly #seen = new Map<string, number>();

	constructor(endpoint: AwsEndpoint) {
		endpoint
			.on("kinesis", "PutRecords", (input) => ({ ...this.#put(input.Records as Entry[]), delay: this.delay }))
			.on("kinesis", "DescribeStreamSummary", () =>
				json({ StreamDescriptionSummary: { StreamStatus: "ACTIVE", OpenShardCount: this.shards.size } }),
			)
			.on("kinesis", "ListShards", () => json({ Shards: [...this.shards.keys()].map((ShardId) => ({ ShardId })) }))
			.on("kinesis", "GetShardIterator", ({ ShardId, ShardIteratorType }) => {
				const from = ShardIteratorType === "LATEST" ? this.stored.length : 0;
				return json({ ShardIterator: `${String(ShardId)}:${from}` });
			})
			.on("kinesis", "GetRecords", ({ ShardIterator }) => {
				const [shard = "", from = "0"] = String(ShardIterator).split(":");
				const found = this.stored.slice(Number(from)).filter((record) => record.shard === shard);
				const Records = found.map(({ text, key }) => ({
					Data: Buffer.from(text).toString("base64"),
					PartitionKey: key,
					SequenceNumber: "1",
				}));
				const children = this.shards.get(shard) ?? [];
				if (children.length === 0) return json({ Records, NextShardIterator: `${shard}:${this.stored.length}` });
				for (const child of children) if (!this.shards.has(child)) this.shards.set(child, []);
				return json({
					Records,
					ChildShards: children.map((ShardId) => ({
						ShardId,
						ParentShards: [shard],
						HashKeyRange: { StartingHashKey: "0", EndingHashKey: "1" },
					})),
				});
			});
	}

	get texts(): string[] {
		return this.stored.map(({ text }) => text);
	}

	#put(entries: Entry[]) {
		const texts = entries.map(({ Data }) => Buffer.from(Data, "base64").toString());
		const bytes = entries.reduce(
			(sum, entry, at) => sum + Buffer.byteLength(texts[at] ?? "") + entry.PartitionKey.length,
			0,
		);
		this.calls.push({ at: performance.now(), texts, bytes });
		const Records = entries.map(({ PartitionKey: key }, at) => {
			const text = texts[at] ?? "";
			const count = this.#seen.get(text) ?? 0;
			this.#seen.set(text, count + 1);
			const ErrorCode = this.refuse(text, count);
			if (ErrorCode !== undefined) return { ErrorCode, ErrorMessage: `${ErrorCode} by script` };
			this.stored.push({ shard: "shard-0", text, key });
			return { SequenceNumber: String(this.stored.length), ShardId: "shard-0" };
		});
		return json({ FailedRecordCount: Records.filter((record) => "ErrorCode" in record).length, Records });
	}
}
