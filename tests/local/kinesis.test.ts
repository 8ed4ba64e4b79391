import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Clients } from "../../cli/engines/aws/client/clients.ts";
import { KinesisEventStream } from "../../cli/engines/aws/eventStream/kinesisEventStream.ts";
import type { Context, SendOptions, SendResult } from "../../cli/engines/port.ts";
import { AwsEndpoint, faults, refuse } from "../support/aws/endpoint.ts";
import { ScriptedStream } from "../support/aws/kinesis.ts";

const throttled = "ProvisionedThroughputExceededException";

let endpoint: AwsEndpoint;
let stream: ScriptedStream;
let abort: AbortController;
let warnings: string[];

beforeEach(async () => {
	endpoint = await AwsEndpoint.start();
	for (const [name, value] of Object.entries(endpoint.env())) vi.stubEnv(name, value);
	stream = new ScriptedStream(endpoint);
	abort = new AbortController();
	warnings = [];
});
afterEach(async () => {
	vi.unstubAllEnvs();
	await endpoint.close();
});

function eventStream(): { port: KinesisEventStream; context: Context } {
	const clients = new Clients({ region: "eu-west-1", signal: abort.signal });
	const reporter: Context["reporter"] = {
		task: (_, run) => run(() => undefined),
		wait: (_, work) => work(),
		note: () => undefined,
		warn: (text) => warnings.push(text),
	};
	return { port: new KinesisEventStream(clients, "kds-clickstream-data"), context: { signal: abort.signal, reporter } };
}

function send(records: Iterable<string>, options: SendOptions = {}): Promise<SendResult> {
	const { port, context } = eventStream();
	return port.send(records, context, options);
}

const numbered = (count: number, size = 0): string[] =>
	Array.from({ length: count }, (_, id) => JSON.stringify({ id, fill: "x".repeat(size) }));

test("calls are full, go to the stream by name, and each record has a partition key of its own", async () => {
	const result = await send(numbered(1250));
	expect(result).toMatchObject({ accepted: 1250, retried: 0, lost: 0 });
	expect(stream.calls.map(({ texts }) => texts.length).sort()).toEqual([250, 500, 500]);
	expect(stream.texts.sort()).toEqual(numbered(1250).sort());
	expect(new Set(stream.stored.map(({ key }) => key)).size).toBe(1250);
	expect(endpoint.inputs("kinesis", "PutRecords")[0]?.StreamName).toBe("kds-clickstream-data");
});

test("a call stays below 5 MiB; a record that no call takes is lost, counted and reported", async () => {
	const result = await send([...numbered(60, 200_000), "x".repeat(1024 * 1024 + 1)]);
	expect(result).toMatchObject({ accepted: 60, lost: 1 });
	for (const { bytes } of stream.calls) expect(bytes).toBeLessThanOrEqual(5 * 1024 * 1024);
	expect(stream.calls).toHaveLength(3);
	expect(warnings).toEqual(["1 record larger than 1 MiB, the stream's limit, was not sent."]);
});

test("of a batch only the records that failed are sent again, whichever they are", async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 1200 }), async (failures) => {
			stream = new ScriptedStream(endpoint);
			stream.refuse = (text, count) => {
				const { id } = JSON.parse(text) as { id: number };
				return count < (failures[id] ?? 0) ? (id % 2 === 0 ? throttled : "InternalFailure") : undefined;
			};
			const sent = numbered(failures.length);
			const result = await send(sent);
			expect(result).toMatchObject({ accepted: sent.length, lost: 0, retried: failures.reduce((a, b) => a + b, 0) });
			expect(stream.texts.sort()).toEqual([...sent].sort());
			const calls = stream.calls.reduce((sum, { texts }) => sum + texts.length, 0);
			expect(calls).toBe(sent.length + result.retried);
		}),
		{ numRuns: 8 },
	);
});

test("throttled and failed calls, and cut connections, lose nothing", async () => {
	endpoint.fault("kinesis", "PutRecords", faults.throttle(), faults.serverError(), faults.reset(), faults.throttle());
	const result = await send(numbered(2000));
	expect(result).toMatchObject({ accepted: 2000, retried: 2000, lost: 0 });
	expect(stream.texts.sort()).toEqual(numbered(2000).sort());
});

test("a clock that goes wrong is set by what AWS answers", async () => {
	const date = new Date(Date.now() + 3_600_000).toUTCString();
	const answer = refuse("InvalidSignatureException", "Signature expired");
	endpoint.fault("kinesis", "PutRecords", { ...answer, headers: { ...answer.headers, date } });
	expect(await send(numbered(10))).toMatchObject({ accepted: 10, retried: 10, lost: 0 });
});

test("no more is sent than the rate allows, retries included", async () => {
	stream.refuse = (_, count) => (count === 0 && Math.random() < 0.2 ? throttled : undefined);
	endpoint.fault("kinesis", "PutRecords", faults.serverError(), faults.throttle());
	const startedAt = performance.now();
	const result = await send(numbered(600), { rate: 400 });
	expect(result).toMatchObject({ accepted: 600, lost: 0 });
	expect(result.retried).toBeGreaterThanOrEqual(600);
	expect(result.seconds * 400).toBeGreaterThanOrEqual(600 + result.retried);
	let sent = 0;
	for (const { at, texts } of stream.calls) {
		sent += texts.length;
		expect(sent).toBeLessThanOrEqual(((at - startedAt) / 1000) * 400);
	}
});

test("while the stream throttles, no more records are made than are in flight", async () => {
	let made = 0;
	function* counted(): Generator<string> {
		for (const record of numbered(20_000)) {
			made += 1;
			yield record;
		}
	}
	let ahead = 0;
	stream.refuse = (_, count) => {
		ahead = Math.max(ahead, made - stream.stored.length);
		return count === 0 && stream.calls.length < 12 ? throttled : undefined;
	};
	const result = await send(counted());
	expect(result).toMatchObject({ accepted: 20_000, lost: 0 });
	expect(ahead).toBeLessThan(10_000);
});

test("up to sixteen calls are in flight where the stream takes them, and Node warns of nothing", async () => {
	const nodes: Error[] = [];
	const note = (warning: Error): void => void nodes.push(warning);
	process.on("warning", note);
	let accepted = 0;
	let release = (): void => undefined;
	const held = new Promise<void>((resolve) => {
		release = resolve;
	});
	const sending = send(numbered(40_000), {
		onProgress: (totals) => {
			({ accepted } = totals);
			if (accepted === 24_000) stream.delay = held;
		},
	});
	try {
		await vi.waitFor(() => expect(stream.calls.length - accepted / 500).toBe(16), { timeout: 30_000 });
	} finally {
		release();
	}
	expect(await sending).toMatchObject({ accepted: 40_000, lost: 0 });
	process.off("warning", note);
	expect(nodes).toEqual([]);
});

test("Ctrl-C lets calls in flight end, and counts what the stream has", async () => {
	stream.delay = 50;
	function* endless(): Generator<string> {
		for (let id = 0; ; id += 1) yield JSON.stringify({ id });
	}
	const { port, context } = eventStream();
	const result = await port.send(endless(), context, {
		onProgress: ({ accepted }) => {
			if (accepted >= 3000) abort.abort(new Error("stop"));
		},
	});
	expect(result.accepted).toBeGreaterThanOrEqual(3000);
	expect(result.accepted).toBe(stream.stored.length);
	expect(result.lost).toBe(0);
});

test("Ctrl-C leaves calls that get no answer, and counts their records as lost", async () => {
	const { port, context } = eventStream();
	let accepted = 0;
	const sending = port.send(numbered(20_000), context, {
		onProgress: (totals) => {
			({ accepted } = totals);
			if (accepted >= 3000) stream.delay = Number.POSITIVE_INFINITY;
		},
	});
	await vi.waitFor(
		() => {
			expect(stream.delay).toBe(Number.POSITIVE_INFINITY);
			expect(stream.calls.length - accepted / 500).toBeGreaterThanOrEqual(4);
		},
		{ timeout: 30_000 },
	);
	abort.abort(new Error("stop"));
	const result = await sending;
	expect(result.accepted).toBeGreaterThanOrEqual(3000);
	expect(result.lost).toBeGreaterThan(0);
	// None that the stream may have is left out of the count.
	expect(result.accepted + result.lost).toBeGreaterThanOrEqual(stream.stored.length);
});

test("a refusal that stays ends the sending, and tells what was accepted before", async () => {
	endpoint.fault(
		"kinesis",
		"PutRecords",
		faults.denied("kinesis:PutRecords", "arn:aws:kinesis:eu-west-1:123456789012:stream/kds-clickstream-data"),
	);
	await expect(send(numbered(4000))).rejects.toMatchObject({
		outcome: "serviceRefused",
		text: { what: expect.stringContaining("Access denied: kinesis:PutRecords") },
	});
	expect(warnings).toEqual([expect.stringMatching(/^The stream accepted [\d,]+ records before it failed\.$/)]);
});

test("the tail reads what comes from now on, also after a shard was split", async () => {
	await send(["before"]);
	const seen: string[] = [];
	const { port, context } = eventStream();
	const follow = setInterval(() => {
		// Once the tail has its place in the stream.
		if (endpoint.inputs("kinesis", "GetRecords").length === 0) return;
		clearInterval(follow);
		stream.stored.push(...["one", "two"].map((text) => ({ shard: "shard-0", text, key: text })), {
			shard: "shard-1",
			text: "three",
			key: "three",
		});
		stream.shards.set("shard-0", ["shard-1"]);
	}, 5);
	for await (const { record, place } of port.tail(context)) {
		seen.push(`${place} ${record}`);
		if (seen.length === 3) abort.abort(new Error("enough"));
	}
	expect(seen).toEqual(["shard-0 one", "shard-0 two", "shard-1 three"]);
});

test("the tail leaves out what ended shards hold", async () => {
	stream.shards.clear();
	for (const [shard, children] of [
		["shard-1", ["shard-2"]],
		["shard-0", ["shard-1"]],
		["shard-2", []],
	] as const) {
		stream.shards.set(shard, [...children]);
	}
	stream.stored.push({ shard: "shard-1", text: "old", key: "old" });
	const { port, context } = eventStream();
	const follow = setInterval(() => {
		if (endpoint.inputs("kinesis", "GetRecords").length < 4) return;
		clearInterval(follow);
		stream.stored.push({ shard: "shard-2", text: "new", key: "new" });
	}, 5);
	for await (const { record } of port.tail(context)) {
		expect(record).toBe("new");
		abort.abort(new Error("enough"));
	}
	expect(abort.signal.aborted).toBe(true);
});
