import { type ChildProcess, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { expect } from "vitest";
import { projectRoot } from "../../cli/common/projectRoot.ts";
import { filesBelow } from "../../cli/engines/local/catalog/lakeFolders.ts";
import type { DeliverySettings } from "../../cli/engines/local/eventStream/eventStream.ts";
import { lake } from "../../etl/contract/contract.ts";

const script = join(projectRoot, "tests", "support", "clickSender.ts");

/** Senders that were started, so that a test can end what is left of them. */
export const senders = new Set<ChildProcess>();

/** Starts a sender, and waits until it has sent something. `accepted` is the count that it printed last. */
export async function startSender(
	home: string,
	name: string,
	how: DeliverySettings = {},
): Promise<{ child: ChildProcess; accepted: () => number }> {
	const child = spawn(process.execPath, ["--import", "tsx", script, home, name, JSON.stringify(how)], {
		cwd: projectRoot,
		stdio: ["ignore", "pipe", "inherit"],
	});
	senders.add(child);
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
export async function* deliveredLines(raw: string, prefix: string): AsyncGenerator<string> {
	for (const path of await filesBelow(join(raw, prefix), [".json", ".gz"])) {
		const content = await readFile(path);
		// A file that is cut short does not decompress.
		const text = (path.endsWith(".gz") ? gunzipSync(content) : content).toString();
		expect(text.at(-1), `end of ${path}`).toBe("\n");
		yield* text.slice(0, -1).split("\n");
	}
}

/** What was delivered of each sender, in order, and which ids lie under the error prefix. */
export async function idsBySender(raw: string): Promise<Map<string, number[]>> {
	const found = new Map<string, number[]>();
	const note = (sender: string, id: number): void => {
		const ids = found.get(sender) ?? [];
		ids.push(id);
		found.set(sender, ids);
	};
	for await (const line of deliveredLines(raw, lake.clickstream)) {
		const { sender, id } = JSON.parse(line) as { sender: string; id: number };
		expect(id % 7).not.toBe(6);
		note(sender, id);
	}
	for await (const line of deliveredLines(raw, `${lake.clickstreamErrors}/processing-failed`)) {
		const { rawData } = JSON.parse(line) as { rawData: string };
		const [sender = "", id] = Buffer.from(rawData, "base64").toString().split(" ");
		expect(Number(id) % 7).toBe(6);
		note(sender, Number(id));
	}
	for (const ids of found.values()) ids.sort((one, other) => one - other);
	return found;
}

/** That of each sender every accepted record was delivered, and none twice. @param accepted how many, by sender. */
export async function expectOnce(raw: string, accepted: ReadonlyMap<string, number>): Promise<void> {
	const delivered = await idsBySender(raw);
	for (const [sender, count] of accepted) {
		const ids = delivered.get(sender) ?? [];
		expect(new Set(ids).size, `records of ${sender}`).toBe(ids.length);
		// What was on its way when the kill came may be there, too.
		expect(ids.slice(0, count), `records of ${sender}`).toEqual(Array.from({ length: count }, (_, id) => id));
	}
}
