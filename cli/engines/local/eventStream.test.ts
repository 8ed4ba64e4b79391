import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Context } from "../port.ts";
import { LocalEventStream, objectName } from "./eventStream.ts";
import { LocalObjectStore } from "./objectStore.ts";

let raw: string;
let abort: AbortController;
let context: Context;

beforeEach(async () => {
	raw = await mkdtemp(join(tmpdir(), "stream-"));
	abort = new AbortController();
	const reporter = {
		task: <T>(_title: string, run: (update: (detail: string) => void) => Promise<T>) => run(() => undefined),
		note: () => undefined,
		warn: () => undefined,
	};
	context = { signal: abort.signal, reporter };
});
afterEach(async () => {
	vi.useRealTimers();
	await rm(raw, { recursive: true, force: true });
});

/** Content of each object, by key. */
async function objects(): Promise<Map<string, string>> {
	const store = new LocalObjectStore(raw);
	const found = new Map<string, string>();
	for await (const { key } of store.list("")) {
		found.set(key, gunzipSync(await readFile(await store.fetch(key))).toString());
	}
	return found;
}

async function records(): Promise<string[]> {
	return [...(await objects()).values()].flatMap((content) => content.split("\n").slice(0, -1));
}

const numbered = (count: number, size = 20): string[] =>
	Array.from({ length: count }, (_, at) => JSON.stringify({ id: at, fill: "x".repeat(size) }));

test("an object's key has the hour's folders in UTC and Firehose's name", () => {
	expect(objectName(new Date("2026-11-20T13:05:09.999Z"), "6f1c2a4e-0000-4000-8000-1234567890ab")).toBe(
		"2026/11/20/13/kdf-clickstream-data-1-2026-11-20-13-05-09-6f1c2a4e-0000-4000-8000-1234567890ab.json.gz",
	);
});

test("records arrive once each, in order, a line each, as GZIP", async () => {
	const sent = numbered(2500);
	const result = await new LocalEventStream(raw).send(sent, context);
	expect(result).toMatchObject({ accepted: 2500, retried: 0, lost: 0 });
	expect(await records()).toEqual(sent);
	const [key] = (await objects()).keys();
	expect(key).toMatch(
		/^clickstream-data\/\d{4}\/\d\d\/\d\d\/\d\d\/kdf-clickstream-data-1-\d{4}(-\d\d){5}-[0-9a-f-]{36}\.json\.gz$/,
	);
});

test("a buffer closes before it exceeds 1 MiB", async () => {
	const sent = numbered(30, 100_000);
	await new LocalEventStream(raw).send(sent, context);
	const contents = [...(await objects()).values()];
	expect(contents).toHaveLength(3);
	for (const content of contents) expect(content.length).toBeLessThanOrEqual(1024 * 1024);
	expect((await records()).sort()).toEqual([...sent].sort());
});

test("a buffer closes after 60 s, and the next one has the hour of its own first record", async () => {
	vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-20T13:59:30Z") });
	function* slowly(): Generator<string> {
		yield '{"id":1}';
		yield '{"id":2}';
		vi.setSystemTime(new Date("2026-11-20T14:00:31Z"));
		yield '{"id":3}';
	}
	await new LocalEventStream(raw).send(slowly(), context);
	const found = [...(await objects())].map(([key, content]) => [key.slice(0, 30), content]);
	expect(found).toEqual([
		["clickstream-data/2026/11/20/13/", '{"id":1}\n{"id":2}\n'].map((text) => text.slice(0, 30)),
		["clickstream-data/2026/11/20/14/", '{"id":3}\n'].map((text) => text.slice(0, 30)),
	]);
});

test("no record makes no object", async () => {
	expect(await new LocalEventStream(raw).send([], context)).toMatchObject({ accepted: 0, lost: 0 });
	expect(await readdir(raw)).toEqual([]);
});

test("an abort stops the records; what was accepted is delivered and counted", async () => {
	function* endless(): Generator<string> {
		for (let id = 0; ; id += 1) {
			if (id === 5000) abort.abort(new Error("stop"));
			yield JSON.stringify({ id });
		}
	}
	const { accepted } = await new LocalEventStream(raw).send(endless(), context);
	expect(accepted).toBe(5001);
	expect(await records()).toHaveLength(accepted);
});

test("Ctrl-C gets its turn between records", async () => {
	setImmediate(() => abort.abort(new Error("stop")));
	function* many(): Generator<string> {
		for (let id = 0; id < 1_000_000; id += 1) yield "{}";
	}
	const { accepted } = await new LocalEventStream(raw).send(many(), context);
	expect(accepted).toBeLessThan(1_000_000);
	expect(await records()).toHaveLength(accepted);
});

test("two senders at once lose nothing and leave no unfinished file", async () => {
	const both = [numbered(3000), numbered(3000)];
	await Promise.all(both.map((sent) => new LocalEventStream(raw).send(sent, context)));
	expect((await records()).sort()).toEqual(both.flat().sort());
	expect((await readdir(join(raw, "clickstream-data"))).every((name) => !name.startsWith("."))).toBe(true);
});

test("a record that fails to be made leaves what was delivered before, and no part of a file", async () => {
	function* broken(): Generator<string> {
		yield* numbered(15, 100_000);
		throw new Error("no more words");
	}
	await expect(new LocalEventStream(raw).send(broken(), context)).rejects.toThrow("no more words");
	expect(await records()).toEqual(numbered(10, 100_000));
});
