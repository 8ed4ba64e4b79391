import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { expect } from "vitest";
import { clickRecords } from "../../cli/actions/clicks/clicks.ts";
import { clickTemplate } from "../../cli/actions/clicks/definedClicks.ts";
import { projectRoot } from "../../cli/common/projectRoot.ts";
import { filesBelow } from "../../cli/engines/local/catalog/lakeFolders.ts";
import { type DeliverySettings, LocalEventStream } from "../../cli/engines/local/eventStream/eventStream.ts";
import { deliverLeftovers } from "../../cli/engines/local/eventStream/leftovers.ts";
import { localPaths } from "../../cli/engines/local/shared/paths.ts";
import type { Context } from "../../cli/engines/port.ts";
import { lake } from "../../etl/contract/contract.ts";
import { rounds } from "../support/cases.ts";
import { test } from "../support/fixtures.ts";
import { shop } from "../support/sampleShop.ts";

/** Of two senders each. */
const roundsOfTwo = rounds(20, 4);

/** Buffers that are closed by their size, or by their age; compressed or not. */
const settings: DeliverySettings[] = [
	{},
	{ gzip: false, limits: { bytes: 2 ** 20, milliseconds: 30 } },
	{ limits: { bytes: 100_000, milliseconds: 60_000 } },
];
const script = join(projectRoot, "tests", "support", "clickSender.ts");
const context: Context = {
	signal: new AbortController().signal,
	reporter: { task: (_, run) => run(() => undefined), note: () => undefined, warn: () => undefined },
};

let home: string;
const children = new Set<ChildProcess>();

test.beforeEach(({ folder }) => {
	home = folder;
});
test.afterEach(() => {
	for (const child of children) child.kill("SIGKILL");
});

const folders = () => ({ spool: localPaths(home).delivery, raw: localPaths(home).raw });

/** Starts a sender, and waits until it has sent something. `accepted` is the count that it printed last. */
async function startSender(
	name: string,
	how: DeliverySettings = {},
): Promise<{ child: ChildProcess; accepted: () => number }> {
	const child = spawn(process.execPath, ["--import", "tsx", script, home, name, JSON.stringify(how)], {
		cwd: projectRoot,
		stdio: ["ignore", "pipe", "inherit"],
	});
	children.add(child);
	let output = "";
	child.stdout?.on("data", (chunk: Buffer) => {
		output += chunk.toString();
	});
	const accepted = (): number => Number(/ (\d+)\n[^\n]*$/.exec(output)?.[1] ?? 0);
	while (accepted() === 0) {
		if (child.exitCode !== null) throw new Error(`the sender ended with ${child.exitCode}`);
		await sleep(5);
	}
	return { child, accepted };
}

/** Lines of the objects below a prefix of the raw zone. */
async function* deliveredLines(prefix: string): AsyncGenerator<string> {
	for (const path of await filesBelow(join(folders().raw, prefix), [".json", ".gz"])) {
		const content = await readFile(path);
		// A file that is cut short does not decompress.
		const text = (path.endsWith(".gz") ? gunzipSync(content) : content).toString();
		expect(text.at(-1), `end of ${path}`).toBe("\n");
		yield* text.slice(0, -1).split("\n");
	}
}

/** What was delivered of each sender, in order, and which ids lie under the error prefix. */
async function idsBySender(): Promise<Map<string, number[]>> {
	const found = new Map<string, number[]>();
	const note = (sender: string, id: number): void => {
		const ids = found.get(sender) ?? [];
		ids.push(id);
		found.set(sender, ids);
	};
	for await (const line of deliveredLines(lake.clickstream)) {
		const { sender, id } = JSON.parse(line) as { sender: string; id: number };
		expect(id % 7).not.toBe(6);
		note(sender, id);
	}
	for await (const line of deliveredLines(`${lake.clickstreamErrors}/processing-failed`)) {
		const { rawData } = JSON.parse(line) as { rawData: string };
		const [sender = "", id] = Buffer.from(rawData, "base64").toString().split(" ");
		expect(Number(id) % 7).toBe(6);
		note(sender, Number(id));
	}
	for (const ids of found.values()) ids.sort((one, other) => one - other);
	return found;
}

test("killed senders lose no accepted record and write none twice", async () => {
	const accepted = new Map<string, number>();
	for (let round = 0; round < roundsOfTwo; round += 1) {
		const names = [`a${round}`, `b${round}`];
		const senders = await Promise.all(
			names.map(async (name) => ({ name, ...(await startSender(name, settings[round % settings.length])) })),
		);
		// Anywhere between two appends, while an object is compressed, or moved.
		await sleep(Math.random() * 150);
		for (const { child } of senders) child.kill("SIGKILL");
		await Promise.all(senders.map(({ child }) => once(child, "close")));
		for (const { name, accepted: count } of senders) accepted.set(name, count());
	}
	// What the last ones left; two at the same time, as when two jobs start.
	await Promise.all([deliverLeftovers(folders()), deliverLeftovers(folders())]);
	expect(await readdir(folders().spool)).toEqual([]);
	const delivered = await idsBySender();
	for (const [sender, count] of accepted) {
		const ids = delivered.get(sender) ?? [];
		expect(new Set(ids).size, `records of ${sender}`).toBe(ids.length);
		// What was on its way when the kill came may be there, too.
		expect(ids.slice(0, count), `records of ${sender}`).toEqual(Array.from({ length: count }, (_, id) => id));
	}
	expect(accepted.size).toBe(2 * roundsOfTwo);
});

test("a delivery that is killed and repeated changes nothing", async () => {
	const sender = await startSender("only");
	sender.child.kill("SIGKILL");
	await once(sender.child, "close");
	await deliverLeftovers(folders());
	const before = (await idsBySender()).get("only");
	expect(await deliverLeftovers(folders())).toBe(0);
	expect((await idsBySender()).get("only")).toEqual(before);
});

test("a sender that lives is left alone", async () => {
	const sender = await startSender("alive");
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
	for await (const line of deliveredLines(lake.clickstream)) {
		const id = Number(line.slice(6, line.indexOf(",")));
		if (line !== text(id)) throw new Error(`not sent: ${line}`);
		seen[id] = (seen[id] ?? 0) + 1;
	}
	expect(seen.every((count) => count === 1)).toBe(true);
});
