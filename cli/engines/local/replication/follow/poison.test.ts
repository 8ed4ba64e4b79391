import fc from "fast-check";
import { expect, test } from "vitest";
import {
	binlogEvent,
	formatEvent,
	insertion,
	rotateEvent,
	withChecksum,
} from "../../../../../tests/support/binlogEvents.ts";
import { cases } from "../../../../../tests/support/cases.ts";
import { type Followed, followed } from "../../../../../tests/support/fakeBinlog.ts";
import { PipelineError } from "../../../../common/errors.ts";
import { SkipGroup } from "./skipGroup.ts";

const from = { file: "bin.000001", offset: 200 };

/**
 * A transaction on t, a poisoned one on t, one on u.
 * @param poison changes the four events of the second.
 * @param skipped offsets of transactions that are known not to count.
 */
function run(poison: (events: Buffer[]) => Buffer[], skipped: number[] = []): Promise<Followed> {
	let offset = from.offset;
	const events = (number: number, table: string): Buffer[] =>
		insertion(number, table).map(([type, body]) => {
			offset += 100;
			return binlogEvent(type, offset, body);
		});
	const [first, second, third] = [events(1, "t"), poison(events(1, "t")), events(2, "u")];
	return followed([rotateEvent(from.file, from.offset), formatEvent(0), ...first, ...second, ...third], from, skipped);
}

/** Where the poisoned transaction begins. */
const begins = from.offset + 400;
const ends = from.offset + 1200;

/** Either it is all read, with what it did to the table said of the table, or it ends by name and before what it could not read. */
function expectNamed({ error, saved, state, rows, reloaded }: Followed): void {
	if (error !== undefined) {
		const isNamed = error instanceof PipelineError || error instanceof SkipGroup;
		expect(isNamed, String((error as Error).stack)).toBe(true);
		expect(String(error)).not.toContain("é");
		// What a source says that it lost, all tables are loaded for.
		expect(saved.position.offset <= begins || reloaded.has("shop.t"), String(saved.position.offset)).toBe(true);
		return;
	}
	expect(saved.position.offset <= begins || saved.position.offset === ends, String(saved.position.offset)).toBe(true);
	const u = state.tables.get("shop.u");
	if (saved.position.offset < ends) return;
	expect(u?.state === "Table error" || reloaded.has("shop.u") || (rows.get("shop.u") ?? 0) >= 1).toBe(true);
}

const bytes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 });

test("a binlog without poison is read to its end", async () => {
	const { error, saved, rows } = await run((events) => events);
	expect([error, saved.position.offset]).toEqual([undefined, ends]);
	expect([...rows]).toEqual([
		["shop.t", 2],
		["shop.u", 1],
	]);
});

test("bytes that do not fit their checksum end the work by name, and before anything of them counts", async () => {
	await fc.assert(
		fc.asyncProperty(fc.nat({ max: 3 }), bytes, async (which, changes) => {
			let isSame = true;
			const result = await run((events) => {
				const event = events[which] ?? Buffer.alloc(0);
				const before = Buffer.from(event);
				for (const [at, byte] of changes) event.writeUInt8(byte, at % event.length);
				isSame = before.equals(event);
				return events;
			});
			if (isSame) return;
			expect(result.error).toBeInstanceOf(PipelineError);
			expect(result.error).toMatchObject({ text: { what: expect.stringContaining("cannot be read at bin.000001:") } });
			expect(result.saved.position.offset).toBeLessThanOrEqual(begins);
		}),
		{ numRuns: cases(200) },
	);
});

test("rows that are damaged before they got their checksum are their table's error, and the others go on", async () => {
	await fc.assert(
		fc.asyncProperty(bytes, fc.nat({ max: 12 }), async (changes, cut) => {
			const result = await run((events) => {
				const event = events[2] ?? Buffer.alloc(0);
				// Of the number of the table and the flags nothing is damaged: those lead to other tables.
				const start = 19 + 8;
				for (const [at, byte] of changes) event.writeUInt8(byte, start + (at % (event.length - 4 - start)));
				const short = Buffer.concat([event.subarray(0, event.length - 4 - cut), Buffer.alloc(4)]);
				events[2] = withChecksum(short);
				return events;
			});
			expectNamed(result);
			expect(result.error).toBeUndefined();
			const t = result.state.tables.get("shop.t");
			const said = t?.state === "Table error" ? t.error : undefined;
			if (said !== undefined) expect(said).not.toContain("é");
			// With no rows at all an event says nothing, and is whole.
			const isEmpty =
				result.rows.get("shop.t") === 1 && t?.state === "Table completed" && !result.reloaded.has("shop.t");
			if (isEmpty) expect(cut).toBe(12);
		}),
		{ numRuns: cases(300) },
	);
});

const invented = fc.record({
	type: fc.oneof(
		fc.constantFrom(2, 4, 5, 15, 16, 19, 23, 24, 25, 26, 30, 31, 32, 33, 36, 38, 39, 40, 162, 165, 166, 170),
		fc.nat({ max: 255 }),
	),
	body: fc.uint8Array({ maxLength: 60 }),
	at: fc.nat({ max: 4 }),
	flags: fc.constantFrom(0, 0, 0, 0x80, 0x20),
});

test.each<[string, (event: Buffer[], one: { type: number; body: Uint8Array; at: number; flags: number }) => Buffer[]]>([
	[
		"invented",
		(events, { type, body, at, flags }) =>
			events.toSpliced(at, 0, binlogEvent(type, begins + at * 100, Buffer.from(body), true, flags)),
	],
	["missing", (events, { at }) => events.toSpliced(at % 4, 1)],
	["doubled", (events, { at }) => events.toSpliced(at % 4, 0, Buffer.from(events[at % 4] ?? []))],
	[
		"of another type",
		(events, { at, type }) => {
			const event = Buffer.from(events[at % 4] ?? []);
			event.writeUInt8(type, 4);
			return events.with(at % 4, withChecksum(event));
		},
	],
	[
		"with another body",
		(events, { at, body }) => {
			const head = (events[at % 4] ?? Buffer.alloc(0)).subarray(0, 19 + (body.length % 12));
			return events.with(at % 4, withChecksum(Buffer.concat([head, body, Buffer.alloc(4)])));
		},
	],
])("an event that is %s is never passed over in silence", async (_, change) => {
	await fc.assert(
		fc.asyncProperty(invented, async (one) => expectNamed(await run((events) => change(events, one)))),
		{ numRuns: cases(300) },
	);
});

test("a transaction without its end, as a server leaves it that went down, does not count; the next one does", async () => {
	const { error } = await run((events) => events.slice(0, 3));
	expect(error).toBeInstanceOf(SkipGroup);
	const skipped = await run((events) => events.slice(0, 3), [begins]);
	expect([skipped.error, skipped.saved.position.offset]).toEqual([undefined, ends]);
	expect([...skipped.rows]).toEqual([
		["shop.t", 1],
		["shop.u", 1],
	]);
});

test("rows outside of a transaction are none that count", async () => {
	const { error, rows } = await run((events) => events.slice(1));
	expect(error).toMatchObject({ text: { why: "there are rows before a transaction begins." } });
	expect([...rows]).toEqual([["shop.t", 1]]);
});
