import type { Context } from "./context.ts";

/** Counts of records. */
export interface SendTotals {
	/** Stored: no crash loses them. */
	accepted: number;
	/** Sent once more after a refusal; accepted or lost in the end. */
	retried: number;
	lost: number;
	/** Among the accepted: no JSON, and therefore kept apart. Only the local stack looks. */
	malformed: number;
}

export interface SendResult extends SendTotals {
	seconds: number;
}

export interface SendOptions {
	/** Records a second, at most; without it as many as the engine takes. */
	rate?: number | undefined;
	onProgress?: (totals: SendTotals) => void;
}

/** A record that came through the clickstream. */
export interface Arrival {
	record: string;
	/** Key of the object in the raw zone, or id of the shard. */
	place: string;
}

/** Whether the clickstream takes records. */
export interface StreamStatus {
	/** As Kinesis names it, for instance `ACTIVE`. */
	state: string;
	/** For instance `kds-clickstream-data, 4 shards`. */
	text: string;
}

export interface EventStream {
	/**
	 * Sends records (one JSON text each) and returns when every one is stored or lost. After an abort it stops, and
	 * counts what was sent up to there.
	 */
	send(records: Iterable<string>, context: Context, options?: SendOptions): Promise<SendResult>;
	/** Absent where there is no stream that could be down: the local buffer is a folder. */
	status?(): Promise<StreamStatus>;
	/** Records that arrive from now on, until the signal aborts. */
	tail(context: Context): AsyncIterable<Arrival>;
}
