import { expect, it } from "vitest";
import { pagerFor } from "./pager.ts";

const look = { color: true, animate: true, columns: 80, rows: 3 };
const long = "1\n2\n3\n";

it.each([
	["what is longer than the screen", long, look, "less", "less"],
	["what wraps", `${"x".repeat(200)}\n`, look, "less", "less"],
	["what fits", "1\n2\n", look, "less", undefined],
	["colours, which take no room", `\u001b[31m${"x".repeat(79)}\u001b[39m\n`, look, "less", undefined],
	["a pipe", long, { ...look, animate: false }, "less", undefined],
	["a terminal without a size", long, { ...look, rows: Number.POSITIVE_INFINITY }, "less", undefined],
	["PAGER=cat", long, look, "cat", undefined],
	["no PAGER", long, look, undefined, undefined],
	["an empty PAGER", long, look, " ", undefined],
])("%s", (_, text, shown, PAGER, expected) => {
	expect(pagerFor(text, shown, { PAGER })).toBe(expected);
});
