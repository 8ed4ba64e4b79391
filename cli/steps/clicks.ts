import { base, en, Faker } from "@faker-js/faker";
import type { Context, EventStream, SendResult } from "../engines/port.ts";

/** Words to choose from; enough for a word cloud, and drawn once, since faker is slow record by record. */
const vocabularySize = 500;

export interface ClickOptions {
	/** How many. */
	records: number;
	/** The same seed gives the same records. */
	seed: number;
}

/**
 * The guide's click records, one JSON text each: a product of 1 to 5, its name, department and price, and details
 * of color, material and comments.
 */
export function* clickRecords({ records, seed }: ClickOptions): Generator<string> {
	const faker = new Faker({ locale: [en, base] });
	faker.seed(seed);
	const draw = (word: () => string): string[] => Array.from({ length: vocabularySize }, word);
	const names = draw(() => faker.commerce.productName());
	const departments = draw(() => faker.commerce.department());
	const prices = draw(() => faker.commerce.price({ min: 1, max: 1000 }));
	const colors = draw(() => faker.color.human());
	const materials = draw(() => faker.commerce.productMaterial());
	const adjectives = draw(() => faker.commerce.productAdjective());
	const pick = (words: readonly string[]): string => words[faker.number.int(vocabularySize - 1)] ?? "";
	for (let made = 0; made < records; made += 1) {
		yield JSON.stringify({
			productid: faker.number.int({ min: 1, max: 5 }),
			productname: pick(names),
			department: pick(departments),
			price: Number(pick(prices)),
			productDetails: { color: pick(colors), material: pick(materials), comments: pick(adjectives) },
		});
	}
}

/** Sends so many click records to the clickstream. */
export function sendClicks(stream: EventStream, options: ClickOptions, context: Context): Promise<SendResult> {
	return context.reporter.task("Send clicks", async (update) => {
		let made = 0;
		function* counted(): Generator<string> {
			for (const record of clickRecords(options)) {
				made += 1;
				if (made % 1000 === 0) update(`${made} of ${options.records}`);
				yield record;
			}
		}
		const result = await stream.send(counted(), context);
		update(`${result.accepted} records`);
		return result;
	});
}
