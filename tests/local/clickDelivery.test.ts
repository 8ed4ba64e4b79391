import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { expect } from "vitest";
import { clickRecords } from "../../cli/actions/clicks/clicks.ts";
import { clickTemplate } from "../../cli/actions/clicks/definedClicks.ts";
import { type DeliverySettings, LocalEventStream } from "../../cli/engines/local/eventStream/eventStream.ts";
import { deliverLeftovers } from "../../cli/engines/local/eventStream/leftovers.ts";
import { localPaths } from "../../cli/engines/local/shared/paths.ts";
import type { Context } from "../../cli/engines/port.ts";
import { lake } from "../../etl/contract/contract.ts";
import { rounds } from "../support/cases.ts";
import { test } from "../support/fixtures.ts";
import { shop } from "../support/sampleShop.ts";
import { deliveredLines, expectOnce, idsBySender, senders, startSender } from "../support/sentClicks.ts";

/** Of two senders each. */
const roundsOfTwo = rounds(20, 4);

/** Buffers that are closed by their size, or by their age; compressed or not. */
const settings: DeliverySettings[] = [
	{},
	{ gzip: false, limits: { bytes: 2 ** 20, milliseconds: 30 } },
	{ limits: { bytes: 100_000, milliseconds: 60_000 } },
];
const context: Context = {
	signal: new AbortController().signal,
	reporter: {
		task: (_, run) => run(() => undefined),
		wait: (_, work) => work(),
		note: () => undefined,
		warn: () => undefined,
	},
};

let home: string;

test.beforeEach(({ folder }) => {
	home = folder;
});
test.afterEach(() => {
	for (const child of senders) child.kill("SIGKILL");
});

const folders = () => ({ spool: localPaths(home).delivery, raw: localPaths(home).raw });

test("killed senders lose no accepted record and write none twice", async () => {
	const accepted = new Map<string, number>();
	for (let round = 0; round < roundsOfTwo; round += 1) {
		const names = [`a${round}`, `b${round}`];
		const started = await Promise.all(
			names.map(async (name) => ({ name, ...(await startSender(home, name, settings[round % settings.length])) })),
		);
		// Anywhere between two appends, while an object is compressed, or moved.
		await sleep(Math.random() * 150);
		for (const { child } of started) child.kill("SIGKILL");
		await Promise.all(started.map(({ child }) => once(child, "close")));
		for (const { name, accepted: count } of started) accepted.set(name, count());
	}
	// What the last ones left; two at the same time, as when two jobs start.
	await Promise.all([deliverLeftovers(folders()), deliverLeftovers(folders())]);
	expect(await readdir(folders().spool)).toEqual([]);
	await expectOnce(folders().raw, accepted);
	expect(accepted.size).toBe(2 * roundsOfTwo);
});

test("a delivery that is killed and repeated changes nothing", async () => {
	const sender = await startSender(home, "only");
	sender.child.kill("SIGKILL");
	await once(sender.child, "close");
	await deliverLeftovers(folders());
	const before = (await idsBySender(folders().raw)).get("only");
	expect(await deliverLeftovers(folders())).toBe(0);
	expect((await idsBySender(folders().raw)).get("only")).toEqual(before);
});

test("a sender that lives is left alone", async () => {
	const sender = await startSender(home, "alive");
	sender.child.kill("SIGSTOP");
	const [folder = ""] = await readdir(folders().spool);
	expect(await deliverLeftovers(folders())).toBe(0);
	expect(await readdir(folders().spool)).toEqual([folder]);
});

test("a million records come back equal, once each, whatever JSON they are", async () => {
	const records = 1_000_000;
	const values = fc
		.sample(fc.jsonValue({ maxDepth: 2 }), { numRuns: 5000, seed: 3 })
		.map((value) => JSON.stringify(value));
	const clicks = [...clickRecords({ records: 1009, seed: 3, template: clickTemplate(shop) })];
	const text = (id: number): string =>
		`{"id":${id},"value":${values[id % values.length]},"click":${clicks[id % clicks.length]}}`;
	function* all(): Generator<string> {
		for (let id = 0; id < records; id += 1) yield text(id);
	}
	const sent = await new LocalEventStream(folders()).send(all(), context);
	expect(sent).toMatchObject({ accepted: records, lost: 0, malformed: 0 });
	const seen = new Uint8Array(records);
	for await (const line of deliveredLines(folders().raw, lake.clickstream)) {
		const id = Number(line.slice(6, line.indexOf(",")));
		if (line !== text(id)) throw new Error(`not sent: ${line}`);
		seen[id] = (seen[id] ?? 0) + 1;
	}
	expect(seen.every((count) => count === 1)).toBe(true);
});
