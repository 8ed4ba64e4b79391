import { expect, it } from "vitest";
import { screenWidth } from "./fit.ts";
import { logLine, printable, renderTable } from "./table.ts";
import { stripAnsi } from "./terminal.ts";

it("aligns columns and ends lines without blanks", () => {
	const text = stripAnsi(
		renderTable(
			[{ title: "JOB" }, { title: "ROWS", align: "right" }],
			[
				["process-load", "1,200"],
				["join", ""],
			],
		),
	);
	expect(text).toBe(["JOB            ROWS", "process-load  1,200", "join"].join("\n"));
});

it("knows no limit off a terminal, nor on one that says it has no columns", () => {
	expect(screenWidth({ isTTY: true, columns: 80 })).toBe(80);
	for (const stream of [{ isTTY: true, columns: 0 }, { isTTY: true }, { columns: 80 }])
		expect(screenWidth(stream)).toBe(Number.POSITIVE_INFINITY);
});

it("shows control characters as text, so that data cannot drive the terminal", () => {
	expect(printable("a\u0007b\nc\r\u009b31m\u001b[2J")).toBe("a\\x07b\\nc\\r\\x9b31m\\x1b[2J");
	expect(printable("\u001b[31mred\u001b[39m")).toBe("\u001b[31mred\u001b[39m");
});

it("a line of a log keeps its indentation and its colours, and nothing else that drives a terminal", () => {
	expect(logLine("\tat \u001b[31mMain\u001b[39m\u001b]0;title\u0007")).toBe(
		"    at \u001b[31mMain\u001b[39m\\x1b]0;title\\x07",
	);
});
