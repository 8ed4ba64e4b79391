import { stat } from "node:fs/promises";
import { join } from "node:path";
import { lake } from "../../../../etl/contract/contract.ts";
import { pause } from "../../../common/poll.ts";
import { textLines } from "../../../common/textLines.ts";
import type { Arrival } from "../../port.ts";
import { filesBelow } from "../catalog/lakeFolders.ts";

const intervalMs = 250;
const hourMs = 3_600_000;

/** Lines of the click files that come into the raw zone from now on. */
export async function* tailClicks(raw: string, signal: AbortSignal): AsyncGenerator<Arrival> {
	// A buffer is delivered within a quarter of an hour, into the folder of the hour in which it was begun.
	const start = Date.now() - hourMs;
	const seen = new Set(await keysSince(raw, start));
	while (!signal.aborted) {
		const fresh = (await keysSince(raw, start)).filter((key) => !seen.has(key));
		for (const key of await byDelivery(raw, fresh)) {
			seen.add(key);
			for await (const record of textLines(join(raw, key), key.endsWith(".gz"))) {
				if (signal.aborted) return;
				yield { record, place: key };
			}
		}
		await pause(intervalMs, signal);
	}
}

/** Names are in the order of arrival only by the second. */
async function byDelivery(raw: string, keys: readonly string[]): Promise<string[]> {
	const timed = await Promise.all(keys.map(async (key) => ({ key, time: (await stat(join(raw, key))).mtimeMs })));
	return timed.sort((one, other) => one.time - other.time).map(({ key }) => key);
}

async function keysSince(raw: string, start: number): Promise<string[]> {
	const keys: string[] = [];
	for (let hour = start; hour <= Date.now() + hourMs; hour += hourMs) {
		const [year, month, day, hours] = new Date(hour).toISOString().split(/[-T:.]/);
		const folder = join(raw, lake.clickstream, `${year}/${month}/${day}/${hours}`);
		for (const path of await filesBelow(folder, [".json", ".gz"])) keys.push(path.slice(raw.length + 1));
	}
	return keys;
}
