import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { lake } from "../../../etl/datasets.ts";
import type { Context, EventStream, SendResult } from "../port.ts";
import { syncFolder } from "./files.ts";

const compress = promisify(gzip);

/** Firehose's name of the delivery stream and of its first version. */
const stream = "kdf-clickstream-data-1";

/** Limits of a buffer: whichever is reached first closes it. Firehose's: 1 MiB to 128 MiB, 0 s to 900 s. */
const bufferBytes = 1024 * 1024;
const bufferMilliseconds = 60_000;

/** How many records go by before the event loop gets its turn, and with it Ctrl-C. */
const recordsAtOnce = 1000;

/** Delivers records into the raw zone as Firehose does: newline-delimited JSON, GZIP, one object a buffer. */
export class LocalEventStream implements EventStream {
	readonly #raw: string;

	/** @param raw folder of the raw zone. */
	constructor(raw: string) {
		this.#raw = raw;
	}

	/**
	 * Returns when every record is on disk. An abort stops the records; what was accepted up to there is delivered, and
	 * the result counts just that.
	 */
	async send(records: Iterable<string>, { signal }: Context): Promise<SendResult> {
		const startedAt = performance.now();
		let accepted = 0;
		let buffer = new DeliveryBuffer();
		for (const record of records) {
			if (buffer.isDue(record)) {
				await this.#deliver(buffer);
				accepted += buffer.count;
				buffer = new DeliveryBuffer();
			}
			buffer.add(record);
			if (buffer.count % recordsAtOnce === 0) await new Promise(setImmediate);
			if (signal.aborted) break;
		}
		if (buffer.count > 0) await this.#deliver(buffer);
		accepted += buffer.count;
		return { accepted, retried: 0, lost: 0, seconds: (performance.now() - startedAt) / 1000 };
	}

	/** Publishes a buffer as one object: readers see all of it or nothing, and a crash leaves no part of it. */
	async #deliver(buffer: DeliveryBuffer): Promise<void> {
		const path = join(this.#raw, lake.clickstream, objectName(buffer.openedAt, randomUUID()));
		const temporary = join(this.#raw, lake.clickstream, `.${randomUUID()}`);
		await mkdir(dirname(path), { recursive: true });
		try {
			const file = await open(temporary, "wx");
			try {
				await file.writeFile(await compress(buffer.content()));
				await file.sync();
			} finally {
				await file.close();
			}
			await rename(temporary, path);
		} catch (error) {
			await rm(temporary, { force: true });
			throw error;
		}
		await syncFolder(dirname(path));
	}
}

/**
 * Key of an object below the clickstream's prefix, from the arrival of its oldest record, in UTC. The ending is the one
 * that the delivery stream is configured with, since readers of JSON go by `.json.gz`.
 * https://docs.aws.amazon.com/firehose/latest/dev/s3-object-name.html
 */
export function objectName(arrival: Date, uuid: string): string {
	const [year, month, day, hour, minute, second] = arrival.toISOString().split(/[-T:.]/);
	const time = [year, month, day, hour, minute, second].join("-");
	return `${year}/${month}/${day}/${hour}/${stream}-${time}-${uuid}.json.gz`;
}

class DeliveryBuffer {
	readonly openedAt = new Date();
	readonly #lines: string[] = [];
	#bytes = 0;

	get count(): number {
		return this.#lines.length;
	}

	/** Whether it must be closed before this record. */
	isDue(record: string): boolean {
		if (this.count === 0) return false;
		const age = Date.now() - this.openedAt.getTime();
		return this.#bytes + Buffer.byteLength(record) + 1 > bufferBytes || age >= bufferMilliseconds;
	}

	add(record: string): void {
		this.#lines.push(record);
		this.#bytes += Buffer.byteLength(record) + 1;
	}

	content(): string {
		return `${this.#lines.join("\n")}\n`;
	}
}
