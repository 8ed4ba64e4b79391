import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, vi } from "vitest";
import { cases } from "../../../../tests/support/cases.ts";
import { test } from "../../../../tests/support/fixtures.ts";
import type { Context } from "../../port.ts";
import { LocalObjectStore } from "../objectStore.ts";
import { DeliveryBuffer } from "./deliveryBuffer.ts";
import { type DeliverySettings, LocalEventStream } from "./eventStream.ts";
import { errorKey, objectKey } from "./objectName.ts";

let home: string;
let raw: string;
let abort: AbortController;
let context: Context;

test.beforeEach(async ({ folder }) => {
	home = folder;
	raw = join(home, "raw");
	abort = new AbortController();
	const reporter = {
		task: <T>(_title: string, run: (update: (detail: string) => void) => Promise<T>) => run(() => undefined),
		wait: <T>(_title: string, work: () => Promise<T>) => work(),
		note: () => undefined,
		warn: () => undefined,
	};
	context = { signal: abort.signal, reporter };
});
test.afterEach(async () => {
	vi.useRealTimers();
});

const stream = (settings: DeliverySettings = {}): LocalEventStream =>
	new LocalEventStream({ spool: join(home, "spool"), raw }, settings);

/** Content of each object, by key. */
async function objects(): Promise<Map<string, string>> {
	const store = new LocalObjectStore(raw);
	const found = new Map<string, string>();
	for await (const { key } of store.list("")) {
		const content = await readFile(await store.fetch(key));
		found.set(key, (key.endsWith(".gz") ? gunzipSync(content) : content).toString());
	}
	return found;
}

async function records(): Promise<string[]> {
	return [...(await objects()).values()].flatMap((content) => content.split("\n").slice(0, -1));
}

const numbered = (count: number, size = 20): string[] =>
	Array.from({ length: count }, (_, at) => JSON.stringify({ id: at, fill: "x".repeat(size) }));

test("an object's key has the hour's folders in UTC and Firehose's name", () => {
	const to = {
		stream: "kdf-clickstream-data",
		prefix: "clickstream-data",
		errorPrefix: "clickstream-errors",
		gzip: true,
	};
	const arrival = new Date("2026-11-20T13:05:09.999Z");
	const uuid = "6f1c2a4e-0000-4000-8000-1234567890ab";
	expect(objectKey(to, arrival, uuid)).toBe(
		`clickstream-data/2026/11/20/13/kdf-clickstream-data-1-2026-11-20-13-05-09-${uuid}.json.gz`,
	);
	expect(errorKey({ ...to, gzip: false }, arrival, uuid)).toBe(
		`clickstream-errors/processing-failed/2026/11/20/13/kdf-clickstream-data-1-2026-11-20-13-05-09-${uuid}.json`,
	);
});

test("records arrive once each, in order, a line each, as GZIP", async () => {
	const sent = numbered(2500);
	const result = await stream().send(sent, context);
	expect(result).toMatchObject({ accepted: 2500, retried: 0, lost: 0 });
	expect(await records()).toEqual(sent);
	const [key] = (await objects()).keys();
	expect(key).toMatch(
		/^clickstream-data\/\d{4}\/\d\d\/\d\d\/\d\d\/kdf-clickstream-data-1-\d{4}(-\d\d){5}-[0-9a-f-]{36}\.json\.gz$/,
	);
});

test("a buffer closes before it exceeds 1 MiB", async () => {
	const sent = numbered(30, 100_000);
	await stream().send(sent, context);
	const contents = [...(await objects()).values()];
	expect(contents).toHaveLength(3);
	for (const content of contents) expect(content.length).toBeLessThanOrEqual(1024 * 1024);
	expect((await records()).sort()).toEqual([...sent].sort());
});

test("a buffer closes after 60 s, and the next one has the hour of its own first record", async () => {
	vi.useFakeTimers({ toFake: ["Date", "performance"], now: new Date("2026-11-20T13:59:30Z") });
	const to = { stream: "s", prefix: "clickstream-data", errorPrefix: "clickstream-errors", gzip: true };
	const buffer = await DeliveryBuffer.create({ spool: join(home, "spool"), raw }, to);
	await buffer.add(['{"id":1}']);
	vi.advanceTimersByTime(59_000);
	await buffer.add(['{"id":2}']);
	vi.advanceTimersByTime(2_000);
	await buffer.add(['{"id":3}']);
	await buffer.end();
	const found = [...(await objects())].map(([key, content]) => [key.slice(0, 30), content]);
	expect(found).toEqual([
		["clickstream-data/2026/11/20/13/", '{"id":1}\n{"id":2}\n'].map((text) => text.slice(0, 30)),
		["clickstream-data/2026/11/20/14/", '{"id":3}\n'].map((text) => text.slice(0, 30)),
	]);
});

test("limits and compression are the settings'", async () => {
	const sent = numbered(30, 1000);
	await stream({ limits: { bytes: 10_000, milliseconds: 60_000 }, gzip: false }).send(sent, context);
	const found = [...(await objects())];
	expect(found).toHaveLength(4);
	for (const [key, content] of found) {
		expect(key).toMatch(/\.json$/);
		expect(content.length).toBeLessThanOrEqual(10_000);
	}
	expect((await records()).sort()).toEqual([...sent].sort());
});

test("what is not JSON is quarantined, with its reason, and is counted", async () => {
	const result = await stream().send(['{"id":1}', "not json", '{"id":2}', '{"id":'], context);
	expect(result).toMatchObject({ accepted: 4, malformed: 2, lost: 0 });
	const found = [...(await objects())];
	const good = found.filter(([key]) => key.startsWith("clickstream-data/")).map(([, content]) => content);
	expect(good).toEqual(['{"id":1}\n{"id":2}\n']);
	const [, errors = ""] = found.find(([key]) => key.startsWith("clickstream-errors/processing-failed/20")) ?? [];
	const lines = errors
		.trimEnd()
		.split("\n")
		.map((line) => JSON.parse(line));
	expect(lines.map((line) => Buffer.from(line.rawData, "base64").toString())).toEqual(["not json", '{"id":']);
	expect(lines[0]).toMatchObject({ errorCode: "InvalidJson", errorMessage: expect.stringContaining("JSON") });
});

test("whatever is JSON comes back equal, also where it was sent over several lines", async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(fc.tuple(fc.jsonValue(), fc.boolean()), { minLength: 1, maxLength: 200 }),
			async (sent) => {
				await rm(raw, { recursive: true, force: true });
				const texts = sent.map(([value, pretty]) => JSON.stringify(value, undefined, pretty ? 2 : 0));
				const result = await stream({ limits: { bytes: 2000, milliseconds: 60_000 } }).send(texts, context);
				expect(result).toMatchObject({ accepted: texts.length, malformed: 0 });
				const sorted = (values: string[]): string[] => values.sort();
				expect(sorted((await records()).map((line) => JSON.stringify(JSON.parse(line))))).toEqual(
					sorted(texts.map((text) => JSON.stringify(JSON.parse(text)))),
				);
			},
		),
		{ numRuns: cases(60) },
	);
});

test("no record makes no object", async () => {
	expect(await stream().send([], context)).toMatchObject({ accepted: 0, lost: 0 });
	expect(await objects()).toEqual(new Map());
	expect(await readdir(join(home, "spool"))).toEqual([]);
});

test("an abort stops the records; what was accepted is delivered and counted", async () => {
	function* endless(): Generator<string> {
		for (let id = 0; ; id += 1) {
			if (id === 9000) abort.abort(new Error("stop"));
			yield JSON.stringify({ id });
		}
	}
	const { accepted } = await stream().send(endless(), context);
	expect(accepted).toBeGreaterThan(0);
	expect(accepted).toBeLessThan(9001);
	expect((await records()).map((line) => JSON.parse(line).id)).toEqual(Array.from({ length: accepted }, (_, id) => id));
});

test("Ctrl-C gets its turn between records", async () => {
	setImmediate(() => abort.abort(new Error("stop")));
	function* many(): Generator<string> {
		for (let id = 0; id < 10_000_000; id += 1) yield "{}";
	}
	const { accepted } = await stream().send(many(), context);
	expect(accepted).toBeLessThan(10_000_000);
	expect(await records()).toHaveLength(accepted);
});

test("no more is accepted than the rate allows, at any moment", async () => {
	const startedAt = performance.now();
	const seen: [milliseconds: number, accepted: number][] = [];
	await stream().send(numbered(300), context, {
		rate: 1000,
		onProgress: ({ accepted }) => seen.push([performance.now() - startedAt, accepted]),
	});
	expect(seen.at(-1)?.[1]).toBe(300);
	for (const [milliseconds, accepted] of seen) expect(accepted).toBeLessThanOrEqual(milliseconds);
});

test("a buffer with a rate is closed by its age", async () => {
	await stream({ limits: { bytes: 1_000_000, milliseconds: 20 } }).send(numbered(30), context, { rate: 30 });
	expect((await objects()).size).toBeGreaterThan(1);
	expect((await records()).sort()).toEqual(numbered(30).sort());
});

test("the tail shows what arrives from now on", async () => {
	await stream().send(['{"id":"before"}'], context);
	const arrivals: string[] = [];
	const watching = (async () => {
		for await (const { record, place } of stream().tail(context)) {
			expect(place).toMatch(/^clickstream-data\//);
			arrivals.push(record);
			if (record === '{"id":"c"}') abort.abort(new Error("enough"));
		}
	})();
	const sender = { ...context, signal: new AbortController().signal };
	// Until the tail has begun, it does not see what is sent.
	while (arrivals.length === 0) await stream().send(["0"], sender);
	// A text may hold U+2028, and is one line all the same.
	const text = '{"id":"b\u2028ü"}';
	await stream().send(['{"id":"a"}', text], sender);
	await stream({ gzip: false }).send(['{"id":"c"}'], sender);
	await watching;
	expect(arrivals.filter((record) => record !== "0")).toEqual(['{"id":"a"}', text, '{"id":"c"}']);
});

test("two senders at the same time lose nothing and leave no unfinished file", async () => {
	const both = [numbered(3000), numbered(3000)];
	await Promise.all(both.map((sent) => stream().send(sent, context)));
	expect((await records()).sort()).toEqual(both.flat().sort());
	expect(await readdir(join(home, "spool"))).toEqual([]);
});

test("what was accepted and could not be delivered waits for the next sender", async () => {
	await writeFile(raw, "a file where the raw zone should be");
	const sent = numbered(40, 100_000);
	let accepted = 0;
	const sending = stream().send(sent, context, {
		onProgress: (totals) => {
			accepted = totals.accepted;
		},
	});
	await expect(sending).rejects.toThrow(/ENOTDIR|EEXIST/);
	expect(accepted).toBeGreaterThan(0);
	const [sender = ""] = await readdir(join(home, "spool"));
	// As if this process had ended.
	await rename(join(home, "spool", sender), join(home, "spool", "1-1-ended"));
	await rm(raw);
	await stream().send(['{"id":"next"}'], context);
	const delivered = await records();
	expect(delivered.length).toBeGreaterThanOrEqual(accepted + 1);
	expect(delivered.sort()).toEqual([...sent.slice(0, delivered.length - 1), '{"id":"next"}'].sort());
	expect(await readdir(join(home, "spool"))).toEqual([]);
});

test("a record that fails to be made leaves what was delivered before, and no part of a file", async () => {
	function* broken(): Generator<string> {
		yield* numbered(15, 100_000);
		throw new Error("no more words");
	}
	await expect(stream().send(broken(), context)).rejects.toThrow("no more words");
	const delivered = await records();
	expect(delivered.length).toBeGreaterThan(0);
	expect(delivered.sort()).toEqual(numbered(delivered.length, 100_000).sort());
});
