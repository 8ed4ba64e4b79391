import { base, en, Faker } from "@faker-js/faker";
import type { Context, EventStream, SendResult, SendTotals } from "../../engines/port.ts";
import { compileTemplate } from "./clickTemplate.ts";

/** Words to choose from; enough for a word cloud, and drawn once, since faker is slow record by record. */
const vocabularySize = 500;

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
	/** Text of a template; see `compileTemplate`. Without it the sample shop's records are made. */
	template?: string | undefined;
}

/** Click records, one JSON text each. */
export function* clickRecords({ records, seed, template }: ClickOptions): Generator<string> {
	const make = template === undefined ? sampleRecord(seed) : compileTemplate(template, seed);
	for (let made = 0; made < records; made += 1) yield make();
}

/** The sample shop's record: a product of 1 to 5, its name, department and price, and details of color, material and comments. */
function sampleRecord(seed: number): () => string {
	const faker = new Faker({ locale: [en, base] });
	faker.seed(seed);
	const draw = (word: () => string | number): string[] =>
		Array.from({ length: vocabularySize }, () => JSON.stringify(word()));
	const names = draw(() => faker.commerce.productName());
	const departments = draw(() => faker.commerce.department());
	const prices = draw(() => Number(faker.commerce.price({ min: 1, max: 1000 })));
	const colors = draw(() => faker.color.human());
	const materials = draw(() => faker.commerce.productMaterial());
	const adjectives = draw(() => faker.commerce.productAdjective());
	const pick = (words: readonly string[]): string => words[faker.number.int(vocabularySize - 1)] ?? "";
	return () =>
		`{"productid":${faker.number.int({ min: 1, max: 5 })},"productname":${pick(names)},"department":${pick(departments)},"price":${pick(prices)},"productDetails":{"color":${pick(colors)},"material":${pick(materials)},"comments":${pick(adjectives)}}}`;
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
