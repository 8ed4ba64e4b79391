import { createReadStream } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { createGunzip } from "node:zlib";
import { lake } from "../../../etl/datasets.ts";
import type { Arrival } from "../port.ts";
import { filesBelow } from "./catalog/lakeFolders.ts";

const intervalMs = 250;
const hourMs = 3_600_000;

/** Lines of the click files that come into the raw zone from now on. */
export async function* tailClicks(raw: string, signal: AbortSignal): AsyncGenerator<Arrival> {
	// A buffer is delivered within a quarter of an hour, into the folder of the hour in which it was begun.
	const start = Date.now() - hourMs;
	const seen = new Set(await keysSince(raw, start));
	while (!signal.aborted) {
		for (const key of await keysSince(raw, start)) {
			if (seen.has(key)) continue;
			seen.add(key);
			for await (const record of linesOf(join(raw, key))) {
				if (signal.aborted) return;
				yield { record, place: key };
			}
		}
		await sleep(intervalMs, undefined, { signal }).catch(() => undefined);
	}
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

async function* linesOf(path: string): AsyncGenerator<string> {
	const file = createReadStream(path);
	const input = path.endsWith(".gz") ? file.pipe(createGunzip()) : file;
	// A pipe does not hand errors on.
	file.once("error", (error) => input.destroy(error));
	try {
		for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
			if (line !== "") yield line;
		}
	} finally {
		file.destroy();
	}
}
