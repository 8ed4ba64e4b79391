import type { Arrival, Context, EventStream } from "../../engines/port.ts";

/** Arrivals that the result holds, at most: a tail may go on for days. */
const kept = 1000;

export interface TailResult {
	/** How many arrived. */
	total: number;
	/** The last of them. */
	records: Arrival[];
}

/**
 * Hands on the records that arrive, until there were so many or the signal aborts.
 * @param show called with each.
 */
export async function followClicks(
	stream: EventStream,
	options: { records: number; show: (arrival: Arrival) => Promise<void> },
	context: Context,
): Promise<TailResult> {
	const result: TailResult = { total: 0, records: [] };
	await context.reporter.task("Wait for clicks", async (update) => {
		for await (const arrival of stream.tail(context)) {
			result.total += 1;
			result.records.push(arrival);
			if (result.records.length > kept) result.records.shift();
			update(`${result.total}`);
			await options.show(arrival);
			if (result.total === options.records) break;
		}
	});
	return result;
}
