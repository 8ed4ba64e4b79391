import { expect, test, vi } from "vitest";
import { testContext } from "../../../tests/support/context.ts";
import { shop } from "../../../tests/support/sampleShop.ts";
import type { EventStream } from "../../engines/port.ts";
import { clickRecords, sendClicks } from "./clicks.ts";
import { clickTemplate } from "./definedClicks.ts";

const template = clickTemplate(shop);

const make = (records: number, seed: number): Record<string, unknown>[] =>
	[...clickRecords({ records, seed, template })].map((text) => JSON.parse(text));

test("records are the sample shop's", () => {
	const made = make(2000, 1);
	expect(made).toHaveLength(2000);
	for (const record of made) {
		expect(Object.keys(record)).toEqual(["productid", "productname", "department", "price", "productDetails"]);
		expect(record.productid).toSatisfy((id: unknown) => Number.isInteger(id) && Number(id) >= 1 && Number(id) <= 5);
		expect(record.price).toSatisfy((price: unknown) => typeof price === "number" && price >= 1 && price <= 1000);
		expect(record.productDetails).toEqual({
			color: expect.stringMatching(/./),
			material: expect.stringMatching(/./),
			comments: expect.stringMatching(/./),
		});
	}
	expect(new Set(made.map((record) => record.productid)).size).toBe(5);
	expect(new Set(made.map((record) => record.department)).size).toBeGreaterThan(10);
	expect(new Set(made.map((record) => record.productname)).size).toBeGreaterThan(100);
});

test("a seed gives the same records each time, another seed others", () => {
	expect(make(50, 7)).toEqual(make(50, 7));
	expect(make(50, 7)).not.toEqual(make(50, 8));
});

test("more records begin with the same ones", () => {
	expect(make(80, 7).slice(0, 50)).toEqual(make(50, 7));
});

test("no record is made once the duration is over, and the totals are shown", async () => {
	vi.useFakeTimers({ toFake: ["performance"] });
	const context = testContext();
	// Each record takes ten milliseconds.
	const stream: Pick<EventStream, "send"> = {
		send: async (records, _, options) => {
			const totals = { accepted: 0, retried: 0, lost: 0, malformed: 0 };
			for (const _record of records) {
				vi.advanceTimersByTime(10);
				totals.accepted += 1;
				options?.onProgress?.({ ...totals });
			}
			return { ...totals, seconds: totals.accepted / 100 };
		},
	};
	try {
		const sent = await sendClicks(
			stream as EventStream,
			{ records: Infinity, seed: 1, duration: 2, template },
			context,
		);
		expect(sent).toMatchObject({ accepted: 200, lost: 0 });
		expect(context.shown[1]).toBe("25 records, 100/s");
		expect(context.shown.at(-1)).toBe("200 records, 100/s");
	} finally {
		vi.useRealTimers();
	}
});
