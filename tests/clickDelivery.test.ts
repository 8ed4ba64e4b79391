import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { filesBelow } from "../cli/engines/local/catalog/lakeFolders.ts";
import { deliverLeftovers } from "../cli/engines/local/delivery/leftovers.ts";
import { LocalEventStream } from "../cli/engines/local/eventStream.ts";
import { localPaths } from "../cli/engines/local/paths.ts";
import type { Context } from "../cli/engines/port.ts";
import { projectRoot } from "../cli/projectRoot.ts";
import { clickRecords } from "../cli/steps/clicks.ts";

const kills = 8;
const script = join(projectRoot, "tests", "support", "clickSender.ts");
const context: Context = {
	signal: new AbortController().signal,
	reporter: { task: (_, run) => run(() => undefined), note: () => undefined, warn: () => undefined },
};

let home: string;
const children = new Set<ChildProcess>();

beforeEach(async () => {
	home = await mkdtemp(join(tmpdir(), "delivery-"));
});
afterEach(async () => {
	for (const child of children) child.kill("SIGKILL");
	await rm(home, { recursive: true, force: true });
});

const folders = () => ({ spool: localPaths(home).delivery, raw: localPaths(home).raw });

/** Starts a sender, and waits until it has sent something. `accepted` is the count that it printed last. */
async function startSender(name: string): Promise<{ child: ChildProcess; accepted: () => number }> {
	const child = spawn(process.execPath, ["--import", "tsx", script, home, name], {
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

async function* deliveredLines(): AsyncGenerator<string> {
	for (const path of await filesBelow(folders().raw, [".gz"])) {
		// A file that is cut short does not decompress.
		yield* gunzipSync(await readFile(path))
			.toString()
			.trimEnd()
			.split("\n");
	}
}

async function idsBySender(): Promise<Map<string, number[]>> {
	const found = new Map<string, number[]>();
	for await (const line of deliveredLines()) {
		const { sender, id } = JSON.parse(line) as { sender: string; id: number };
		const ids = found.get(sender) ?? [];
		ids.push(id);
		found.set(sender, ids);
	}
	return found;
}

test("killed senders lose no accepted record and write none twice", async () => {
	const accepted = new Map<string, number>();
	for (let round = 0; round < kills; round += 1) {
		const names = [`a${round}`, `b${round}`];
		const senders = await Promise.all(names.map(async (name) => ({ name, ...(await startSender(name)) })));
		// Anywhere between two appends, while an object is compressed, or moved.
		await sleep(Math.random() * 150);
		for (const { child } of senders) child.kill("SIGKILL");
		await Promise.all(senders.map(({ child }) => once(child, "close")));
		for (const { name, accepted: count } of senders) accepted.set(name, count());
	}
	// What the last ones left; two at once, as when two jobs start.
	await Promise.all([deliverLeftovers(folders()), deliverLeftovers(folders())]);
	expect(await readdir(folders().spool)).toEqual([]);
	const delivered = await idsBySender();
	for (const [sender, count] of accepted) {
		const ids = (delivered.get(sender) ?? []).sort((one, other) => one - other);
		expect(ids.length, `records of ${sender}`).toBeGreaterThanOrEqual(count);
		expect(ids, `records of ${sender}`).toEqual(ids.map((_, index) => index));
	}
	expect(accepted.size).toBe(2 * kills);
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

test("a million records come back equal", async () => {
	const records = 1_000_000;
	const sent = await new LocalEventStream(folders()).send(clickRecords({ records, seed: 3 }), context);
	expect(sent).toMatchObject({ accepted: records, lost: 0, malformed: 0 });
	const wanted = new Map<string, number>();
	for (const record of clickRecords({ records, seed: 3 })) wanted.set(record, (wanted.get(record) ?? 0) + 1);
	let found = 0;
	for await (const line of deliveredLines()) {
		const left = (wanted.get(line) ?? 0) - 1;
		if (left < 0) throw new Error(`not sent, or delivered once more: ${line}`);
		if (left === 0) wanted.delete(line);
		else wanted.set(line, left);
		found += 1;
	}
	expect(found).toBe(records);
	expect(wanted.size).toBe(0);
});
