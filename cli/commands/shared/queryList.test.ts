import { expect, it } from "vitest";
import { describeQueries } from "./queryList.ts";

const query = {
	name: "orders",
	title: "Orders by day",
	description: "Orders of every status count.\nColumns: day; row_count (rows of the\ntable). Oldest first.",
	sql: "SELECT 1",
};

it("lists a query with what it answers, each sentence in lines of the terminal's width", () => {
	expect(describeQueries([query], 40)).toBe(
		[
			"orders",
			"    Orders by day",
			"    Orders of every status count.",
			"    Columns: day; row_count (rows of the",
			"    table). Oldest first.",
		].join("\n"),
	);
	expect(describeQueries([query], Number.POSITIVE_INFINITY)).toContain(
		"\n    Columns: day; row_count (rows of the table). Oldest first.",
	);
});
