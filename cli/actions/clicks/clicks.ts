import type { Context, EventStream, SendResult, SendTotals } from "../../engines/port.ts";
import { compileTemplate } from "./clickTemplate.ts";

/** How often the totals are shown, in milliseconds. */
const showEvery = 250;

export interface ClickOptions {
	/** How many; Infinity for as many as the duration allows. */
	records: number;
	/** The same seed gives the same records. */
	seed: number;
	/** Records a second, at most. */
	rate?: number | undefined;
	/** Seconds after which no more records are made. */
	duration?: number | undefined;
	/** Text of a template; see `compileTemplate`. */
	template: string;
}

/** Click records, one JSON text each. */
export function* clickRecords({ records, seed, template }: ClickOptions): Generator<string> {
	const make = compileTemplate(template, seed);
	for (let made = 0; made < records; made += 1) yield make();
}

/** Sends click records to the clickstream. */
export function sendClicks(stream: EventStream, options: ClickOptions, context: Context): Promise<SendResult> {
	return context.reporter.task("Send clicks", async (update) => {
		const progress = new Progress(options.records, update);
		const result = await stream.send(withinDuration(clickRecords(options), options.duration), context, {
			rate: options.rate,
			onProgress: (totals) => progress.show(totals),
		});
		update(describe(result, options.records, result.seconds > 0 ? result.accepted / result.seconds : 0));
		return result;
	});
}

function* withinDuration(records: Iterable<string>, seconds: number | undefined): Generator<string> {
	const end = seconds === undefined ? Number.POSITIVE_INFINITY : performance.now() + seconds * 1000;
	for (const record of records) {
		if (performance.now() >= end) return;
		yield record;
	}
}

/** Totals, and the rate since they were shown before. */
class Progress {
	readonly #wanted: number;
	readonly #update: (detail: string) => void;
	#shown = { at: performance.now(), accepted: 0 };

	constructor(wanted: number, update: (detail: string) => void) {
		this.#wanted = wanted;
		this.#update = update;
	}

	show(totals: SendTotals): void {
		const now = performance.now();
		const elapsed = now - this.#shown.at;
		if (elapsed < showEvery) return;
		this.#update(describe(totals, this.#wanted, ((totals.accepted - this.#shown.accepted) / elapsed) * 1000));
		this.#shown = { at: now, accepted: totals.accepted };
	}
}

function describe(totals: SendTotals, wanted: number, rate: number): string {
	const count = (value: number): string => Math.round(value).toLocaleString("en-US");
	const goal = Number.isFinite(wanted) ? ` of ${count(wanted)}` : "";
	const faults = (["retried", "lost", "malformed"] as const)
		.filter((kind) => totals[kind] > 0)
		.map((kind) => `, ${count(totals[kind])} ${kind}`);
	return `${count(totals.accepted)}${goal} records, ${count(rate)}/s${faults.join("")}`;
}
