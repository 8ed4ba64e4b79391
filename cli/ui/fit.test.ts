import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clipped, fittingWidths, gap, widthOf, wrapped } from "./fit.ts";
import { resultTable } from "./resultTable.ts";
import { renderTable } from "./table.ts";
import { stripAnsi } from "./terminal.ts";

const widest = (text: string): number => Math.max(...text.split("\n").map(widthOf));
const plain = fc.string({ minLength: 1, maxLength: 60, unit: fc.constantFrom("a", "b", " ", "-", "é", "表", "👍") });

describe("a table on a terminal", () => {
	it("is as wide as the terminal at most, and loses no letter", () => {
		fc.assert(
			fc.property(
				fc.array(fc.tuple(plain, plain, plain), { minLength: 1, maxLength: 5 }),
				fc.integer({ min: 34, max: 90 }),
				(rows, width) => {
					const text = renderTable([{ title: "A" }, { title: "B" }, { title: "C" }], rows, width);
					expect(widest(stripAnsi(text))).toBeLessThanOrEqual(width);
					const letters = (of: string): string => [...of.replaceAll(/\s/g, "")].sort().join("");
					expect(letters(stripAnsi(text))).toBe(letters(`ABC${rows.flat().join("")}`));
				},
			),
		);
	});

	it("is not changed where it fits, nor off a terminal", () => {
		const rows = [["1", "one two three four five six"]];
		const whole = renderTable([{ title: "N" }, { title: "TEXT" }], rows, 80);
		expect(whole.split("\n")).toHaveLength(2);
		expect(renderTable([{ title: "N" }, { title: "TEXT" }], rows, Number.POSITIVE_INFINITY)).toBe(whole);
		const narrow = renderTable([{ title: "N" }, { title: "TEXT" }], rows, 16);
		expect(stripAnsi(narrow).split("\n")).toEqual(["N  TEXT", "1  one two three", "   four five six"]);
	});

	it("takes from the widest columns first", () => {
		expect(fittingWidths([5, 40, 60], 5 + 40 + 60 + 2 * gap)).toEqual([5, 40, 60]);
		expect(fittingWidths([5, 40, 60], 90)).toEqual([5, 40, 41]);
		expect(fittingWidths([20, 20, 20], 30)).toBeUndefined();
	});

	it("keeps the colour of a cell on each of its lines", () => {
		expect(wrapped("\u001b[31mone two\u001b[39m", 4)).toBe("\u001b[31mone\u001b[39m\n\u001b[31mtwo\u001b[39m");
		expect(wrapped("abcdefgh", 3)).toBe("abc\ndef\ngh");
	});

	it("counts letters that take two columns", () => {
		expect(["表", "e\u0301", "👍", "\u001b[31mred\u001b[39m"].map(widthOf)).toEqual([2, 1, 2, 3]);
		expect(wrapped("日本語の表", 5)).toBe("日本\n語の\n表");
		expect(wrapped("表", 1)).toBe("表");
		expect(clipped("a日本", 4)).toBe("a日");
	});
});

describe("a query's result on a terminal", () => {
	const columns = Array.from({ length: 12 }, (_, at) => ({ name: `column_${at}`, type: at === 0 ? "int" : "string" }));
	const row = [1, ...Array.from({ length: 11 }, (_, at) => `a rather long text ${at}`)];

	it("that is too wide for it has a line a value", () => {
		const text = resultTable({ columns, rows: [row, row], seconds: 0 }, 80);
		expect(text.split("\n").slice(0, 3)).toEqual(["-- row 1", "column_0   1", "column_1   a rather long text 0"]);
		expect(text.match(/^-- row/gm)).toHaveLength(2);
	});

	it("of very many rows says how many are left out; off a terminal none are", () => {
		const many = { columns: columns.slice(0, 1), rows: Array.from({ length: 2000 }, (_, at) => [at]), seconds: 0 };
		const text = resultTable(many, 80);
		expect(text.split("\n").slice(-2)).toEqual([
			"     499",
			"… 1,500 more rows: use --csv or --json to get all of them.",
		]);
		expect(resultTable(many, Number.POSITIVE_INFINITY).split("\n")).toHaveLength(2001);
	});
});
