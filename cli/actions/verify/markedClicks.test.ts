import { expect, test } from "vitest";
import { markedClicks, shownValue } from "./markedClicks.ts";

test("clicks have the definition's fields, the mark in the first text and what is awkward in the last", () => {
	const schema = {
		id: "int",
		details: { page: "string", sizes: ["int"], note: "string" },
		price: "decimal(4, 2)",
		on: "boolean",
	};
	const { records, marked, fields } = markedClicks(schema, "m", 2);
	expect(records).toEqual([
		{ id: 1, details: { page: "m-1", sizes: [1], note: '"quoted", two\nlines, ü 1' }, price: 1.5, on: true },
		{ id: 2, details: { page: "m-2", sizes: [2], note: '"quoted", two\nlines, ü 2' }, price: 2.5, on: false },
	]);
	expect(marked.path).toEqual(["details", "page"]);
	expect(fields.map(({ path }) => path.join("."))).toEqual(["id", "details.page", "details.note", "price", "on"]);
	expect(fields.map((field) => shownValue(records[0], field))).toEqual([
		...["1", "m-1", '"quoted", two\nlines, ü 1', "1.5", "true"],
	]);
});

test("times are sent and not compared in the catalog", () => {
	const { records, fields } = markedClicks({ page: "string", at: "timestamp", day: "date" }, "m", 1);
	expect(records).toEqual([{ page: "m-1", at: "2026-01-01 10:20:30.5", day: "2026-01-01" }]);
	expect(fields.map(({ path }) => path)).toEqual([["page"]]);
});

test("without a text no click could be recognised", () => {
	expect(() => markedClicks({ id: "int", tags: ["string"] }, "m", 1)).toThrow(
		expect.objectContaining({
			outcome: "usage",
			text: expect.objectContaining({ next: "pipeline-cli verify-clicks" }),
		}),
	);
});
