import { expect, test } from "vitest";
import type { Arrival, Context, EventStream } from "../../engines/port.ts";
import { followClicks } from "./tailClicks.ts";

const endless: Pick<EventStream, "tail"> = {
	async *tail({ signal }: Context) {
		for (let id = 0; !signal.aborted; id += 1) {
			await new Promise(setImmediate);
			yield { record: String(id), place: "shard-0" };
		}
	},
};

function contextOf(signal: AbortSignal = new AbortController().signal): Context {
	return {
		reporter: {
			task: (_, run) => run(() => undefined),
			wait: (_, work) => work(),
			note: () => undefined,
			warn: () => undefined,
		},
		signal,
	};
}

test("shows each record when it comes, and ends after as many as were asked for", async () => {
	const shown: string[] = [];
	const show = async ({ record }: Arrival): Promise<void> => void shown.push(record);
	const result = await followClicks(endless as EventStream, { records: 3, show }, contextOf());
	expect(shown).toEqual(["0", "1", "2"]);
	expect(result).toEqual({ total: 3, records: shown.map((record) => ({ record, place: "shard-0" })) });
});

test("ends when it is stopped, and keeps the last thousand", async () => {
	const abort = new AbortController();
	const show = async ({ record }: Arrival): Promise<void> => {
		if (record === "1500") abort.abort();
	};
	const result = await followClicks(endless as EventStream, { records: Infinity, show }, contextOf(abort.signal));
	expect(result.total).toBe(1501);
	expect(result.records).toHaveLength(1000);
	expect(result.records.at(-1)?.record).toBe("1500");
});
