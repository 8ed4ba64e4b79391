import { afterEach, describe, expect, test } from "vitest";
import { openDuckDb } from "./open.ts";
import { toPlain } from "./values.ts";

const zone = process.env.TZ;

afterEach(() => {
	if (zone === undefined) delete process.env.TZ;
	else process.env.TZ = zone;
});

async function plain(expression: string): Promise<unknown> {
	const duckDb = await openDuckDb();
	try {
		await duckDb.connection.run("SET TimeZone = 'UTC'");
		const [row] = (await duckDb.connection.runAndReadAll(`SELECT ${expression}`)).getRows();
		return toPlain(row?.[0] ?? null);
	} finally {
		duckDb.close();
	}
}

describe.each([
	["UTC", 0],
	["Asia/Kolkata", -330],
	["America/St_Johns", 150],
])("in a process of the zone %s", (name, minutes) => {
	test("times are those of UTC, also in lists and before and after all calendars", async () => {
		process.env.TZ = name;
		expect(new Date("2026-07-01T12:00:00Z").getTimezoneOffset()).toBe(minutes);
		expect(
			await plain(`{
				'zoned': TIMESTAMPTZ '2026-07-01 12:00:00.123456+00', 'list': [TIMESTAMPTZ '2026-01-01 02:30:00+05:30'],
				'old': TIMESTAMPTZ '1850-01-01 00:00:00+00', 'ends': ['infinity'::TIMESTAMPTZ, '-infinity'::TIMESTAMPTZ],
				'plain': TIMESTAMP '2026-07-01 12:00:00', 'day': DATE '2026-07-01'
			}`),
		).toEqual({
			zoned: "2026-07-01 12:00:00.123456 UTC",
			list: ["2025-12-31 21:00:00 UTC"],
			old: "1850-01-01 00:00:00 UTC",
			ends: ["infinity", "-infinity"],
			plain: "2026-07-01 12:00:00",
			day: "2026-07-01",
		});
	});
});

test("a text keeps U+FEFF at its ends, NUL, marks of direction and characters beyond the first plane", async () => {
	const long = `\ufeff${"x".repeat(40)}\ufeff`;
	for (const text of ["\ufeff", "\ufeffa", long, "a\0b", "\u202ea\u200f", "\u{1f600}\u2028"]) {
		const characters = [...text].map((one) => `chr(${one.codePointAt(0)})`).join(" || ");
		expect(await plain(characters)).toBe(text);
		expect(await plain(`[${characters}]`)).toEqual([text]);
	}
});
