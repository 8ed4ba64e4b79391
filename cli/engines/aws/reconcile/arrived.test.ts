import { expect, test } from "vitest";
import { writtenBy } from "./arrived.ts";

const moment = new Date("2026-01-02T03:04:05Z");
const at = (seconds: number): Date => new Date(moment.getTime() + seconds * 1000);

test.for([
	["no point", [], [], undefined],
	["a point of before", [[-30, 0]], [[-30, 0]], undefined],
	["a point later, whose latency reaches back", [[60, 1]], [[60, 61]], undefined],
	["a reading that lags, though what was read is written", [[60, 61]], [[60, 1]], undefined],
	["a point of one latency alone", [], [[60, 1]], undefined],
	["a minute that covers it: its end", [[60, 1]], [[60, 59]], 120],
	[
		"the first of several",
		[
			[120, 1],
			[60, 90],
		],
		[
			[120, 2],
			[60, 2],
		],
		180,
	],
] as const)("%s", ([, capture, total, end]) => {
	const points = (list: readonly (readonly [number, number])[]) =>
		list.map(([seconds, value]) => ({ time: at(seconds), value }));
	expect(writtenBy({ capture: points(capture), total: points(total) }, moment)).toEqual(
		end === undefined ? undefined : at(end),
	);
});
