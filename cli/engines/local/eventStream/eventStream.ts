import { lake, streamNames } from "../../../../etl/contract/contract.ts";
import { TokenBucket } from "../../../common/tokenBucket.ts";
import type { Arrival, Context, EventStream, SendOptions, SendResult } from "../../port.ts";
import type { LocalPaths } from "../shared/paths.ts";
import { readSettings } from "../shared/settings.ts";
import { tailClicks } from "./clickTail.ts";
import { type BufferLimits, DeliveryBuffer, type DeliveryFolders, defaultLimits } from "./deliveryBuffer.ts";
import { deliverLeftovers } from "./leftovers.ts";
import type { Destination } from "./objectName.ts";

/** Records that share one write to the disk, at most. */
const recordsAtOnce = 4096;
const charactersAtOnce = 512 * 1024;
const millisecondsAtOnce = 100;

/** Writes on their way to the disk while the next records are made, at most. */
const writesAtOnce = 4;

/** The clickstream's delivery stream, named as on AWS. */
const clickstream: Omit<Destination, "gzip"> = {
	stream: streamNames.clickDelivery,
	prefix: lake.clickstream,
	errorPrefix: lake.clickstreamErrors,
};

export interface DeliverySettings {
	limits?: BufferLimits;
	gzip?: boolean;
}

/** The clickstream of the local stack, with the limits of its settings. */
export async function localEventStream(paths: LocalPaths): Promise<LocalEventStream> {
	const delivery = (await readSettings(paths))?.delivery;
	return new LocalEventStream(
		{ spool: paths.delivery, raw: paths.raw },
		delivery === undefined
			? {}
			: {
					limits: { bytes: delivery.bufferSize * 1024 * 1024, milliseconds: delivery.bufferInterval * 1000 },
					gzip: delivery.compression === "GZIP",
				},
	);
}

/** Delivers records into the raw zone as Firehose does. Several processes may send at the same time. */
export class LocalEventStream implements EventStream {
	readonly #folders: DeliveryFolders;
	readonly #limits: BufferLimits;
	readonly #gzip: boolean;

	constructor(folders: DeliveryFolders, { limits = defaultLimits, gzip = true }: DeliverySettings = {}) {
		this.#folders = folders;
		this.#limits = limits;
		this.#gzip = gzip;
	}

	/**
	 * Returns when every accepted record is in the raw zone. An abort stops the records; what was accepted up to there is
	 * delivered, and the result counts just that.
	 */
	async send(records: Iterable<string>, { signal }: Context, options: SendOptions = {}): Promise<SendResult> {
		const startedAt = performance.now();
		await deliverLeftovers(this.#folders);
		const { rate, onProgress } = options;
		const atOnce = rate === undefined ? recordsAtOnce : Math.min(recordsAtOnce, Math.max(1, Math.floor(rate / 20)));
		// What a slow write holds up is made good by the next ones.
		const bucket = rate === undefined ? undefined : new TokenBucket(rate, 4 * atOnce);
		const buffer = await DeliveryBuffer.create(this.#folders, { ...clickstream, gzip: this.#gzip }, this.#limits);
		const totals = { accepted: 0, retried: 0, lost: 0, malformed: 0 };
		const writes: Promise<void>[] = [];
		const write = async (group: readonly string[]): Promise<void> => {
			const { malformed } = await buffer.add(group);
			totals.accepted += group.length;
			totals.malformed += malformed;
			onProgress?.({ ...totals });
		};
		try {
			for (const group of groups(records, atOnce)) {
				if (writes.length === writesAtOnce) await writes.shift();
				if (signal.aborted || (bucket !== undefined && !(await bucket.take(group.length, signal)))) break;
				const writing = write(group);
				writing.catch(() => undefined);
				writes.push(writing);
			}
			await Promise.all(writes);
		} finally {
			await buffer.end();
		}
		return { ...totals, seconds: (performance.now() - startedAt) / 1000 };
	}

	tail({ signal }: Context): AsyncIterable<Arrival> {
		return tailClicks(this.#folders.raw, signal);
	}
}

function* groups(records: Iterable<string>, most: number): Generator<string[]> {
	let group: string[] = [];
	let characters = 0;
	let begunAt = 0;
	for (const record of records) {
		if (group.length === 0) begunAt = performance.now();
		else if (
			group.length === most ||
			characters >= charactersAtOnce ||
			performance.now() - begunAt > millisecondsAtOnce
		) {
			yield group;
			group = [];
			characters = 0;
			begunAt = performance.now();
		}
		group.push(record);
		characters += record.length;
	}
	if (group.length > 0) yield group;
}
