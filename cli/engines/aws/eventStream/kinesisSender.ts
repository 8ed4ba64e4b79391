import { setMaxListeners } from "node:events";
import type { KinesisClient, PutRecordsRequestEntry } from "@aws-sdk/client-kinesis";
import { delayMs, pause } from "../../../common/poll.ts";
import type { TokenBucket } from "../../../common/tokenBucket.ts";
import type { SendTotals } from "../../port.ts";
import { isTransient } from "../client/awsError.ts";

/** Times that a record is sent before it counts as lost: over some 15 seconds. */
const tries = 10;

/** Calls in flight: at first, and at most. */
const window = { first: 4, most: 16 } as const;

/** Milliseconds that calls in flight have to end after an abort. */
const grace = 1_500;

/** Waits before the retries. */
const backoff = { firstMs: 200, factor: 2, mostMs: 5_000, jitter: 1 };

/**
 * Puts batches into a stream, several at a time. Only the records of a batch that failed are sent again, after a random wait.
 * While the stream throttles, fewer calls are in flight, and whoever makes the records waits.
 */
export class KinesisSender {
	readonly totals: SendTotals = { accepted: 0, retried: 0, lost: 0, malformed: 0 };
	readonly #client: KinesisClient;
	readonly #stream: string;
	readonly #bucket: TokenBucket | undefined;
	readonly #signal: AbortSignal;
	readonly #onProgress: () => void;
	readonly #flights = new Set<Promise<void>>();
	readonly #end = new AbortController();
	readonly #sdk = import("@aws-sdk/client-kinesis");
	#window: number = window.first;
	#failure: unknown;

	constructor(
		client: KinesisClient,
		stream: string,
		options: { bucket: TokenBucket | undefined; signal: AbortSignal; onProgress: () => void },
	) {
		this.#client = client;
		this.#stream = stream;
		this.#bucket = options.bucket;
		this.#signal = options.signal;
		this.#onProgress = options.onProgress;
		// Every call in flight listens, and every wait for a retry; Node would warn of a leak from the eleventh on.
		setMaxListeners(0, this.#signal, this.#end.signal);
	}

	/** Returns when every record is stored or lost, or after an abort when the calls in flight have ended. */
	async send(batches: Iterable<PutRecordsRequestEntry[]>): Promise<void> {
		const giveUp = (): void => {
			setTimeout(() => this.#end.abort(), grace).unref();
		};
		this.#signal.addEventListener("abort", giveUp, { once: true });
		try {
			for (const batch of batches) {
				while (this.#flights.size >= this.#window) await Promise.race(this.#flights);
				if (this.#failure !== undefined || this.#signal.aborted) break;
				if ((await this.#bucket?.take(batch.length, this.#signal)) === false) break;
				const flight: Promise<void> = this.#put(batch)
					.catch((error: unknown) => {
						this.#failure ??= error;
					})
					.finally(() => this.#flights.delete(flight));
				this.#flights.add(flight);
			}
			await Promise.all(this.#flights);
		} finally {
			this.#signal.removeEventListener("abort", giveUp);
		}
		if (this.#failure !== undefined) throw this.#failure;
	}

	async #put(batch: PutRecordsRequestEntry[]): Promise<void> {
		let rest = batch;
		for (let attempt = 1; ; attempt += 1) {
			const failed = await this.#call(rest);
			this.totals.accepted += rest.length - failed.length;
			rest = failed;
			this.#window = failed.length > 0 ? Math.max(1, this.#window / 2) : Math.min(window.most, this.#window + 0.25);
			this.#onProgress();
			if (rest.length === 0) return;
			if (attempt === tries) break;
			await pause(delayMs(backoff, attempt), this.#signal);
			if (this.#signal.aborted || (await this.#bucket?.take(rest.length, this.#signal)) === false) break;
			this.totals.retried += rest.length;
		}
		// What a cancelled command did not send again was never accepted; without an answer, that is not known.
		if (this.#signal.aborted && !this.#end.signal.aborted) return;
		this.totals.lost += rest.length;
		this.#onProgress();
	}

	/**
	 * @returns the records that were not stored.
	 * @throws PipelineError where it is of no use to send them again.
	 */
	async #call(records: PutRecordsRequestEntry[]): Promise<PutRecordsRequestEntry[]> {
		const { PutRecordsCommand } = await this.#sdk;
		try {
			const command = new PutRecordsCommand({ StreamName: this.#stream, Records: records });
			// An abort does not cut it off: whether its records are stored would not be known.
			const { Records: answers = [] } = await this.#client.send(command, { abortSignal: this.#end.signal });
			return records.filter((_, index) => answers[index]?.SequenceNumber === undefined);
		} catch (error) {
			if (isTransient(error) || this.#end.signal.aborted) return records;
			throw error;
		}
	}
}
