import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { isMissing, namesIn } from "../../../common/fs.ts";
import type { DeliveryFolders } from "./deliveryBuffer.ts";
import { publish, repair } from "./segment.ts";
import { isSending, senderName } from "./sender.ts";

/**
 * Delivers what senders left that were killed, each record once. May run beside senders, and beside itself. Every sender
 * does it first, and every run of jobs.
 * @returns how many objects it delivered.
 */
export async function deliverLeftovers({ spool, raw }: DeliveryFolders): Promise<number> {
	let delivered = 0;
	for (const sender of await namesIn(spool)) {
		if (isSending(sender)) continue;
		const folder = join(spool, senderName());
		if (!(await claim(join(spool, sender), folder))) continue;
		for (const key of await keysBelow(folder)) {
			if (!(await repair(folder, key))) continue;
			await publish(folder, key, raw);
			delivered += 1;
		}
		await rm(folder, { recursive: true, force: true });
	}
	return delivered;
}

/** Makes a dead sender's folder ours, as long as we live; false where another process was faster. */
async function claim(from: string, to: string): Promise<boolean> {
	try {
		await rename(from, to);
		return true;
	} catch (error) {
		if (isMissing(error)) return false;
		throw error;
	}
}

/** Keys of the segments of a sender; what is hidden is an object that was not finished. */
async function keysBelow(folder: string, prefix = ""): Promise<string[]> {
	const keys: string[] = [];
	for (const entry of await readdir(join(folder, prefix), { withFileTypes: true })) {
		if (prefix === "" && entry.name.startsWith(".")) continue;
		const key = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
		if (entry.isDirectory()) keys.push(...(await keysBelow(folder, key)));
		else keys.push(key);
	}
	return keys;
}
