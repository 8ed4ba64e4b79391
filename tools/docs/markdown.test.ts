import { describe, expect, it } from "vitest";
import { testedTables } from "./markdown.ts";

describe("tables for tests", () => {
	it("are those below a comment, as rows by the names of the head", () => {
		const page =
			"| a |\n|---|\n| not this |\n\n<!-- test: one-1 -->\n| a | b c |\n|---|---|\n| `x y` | text, `code` |\n| 1 |  |\n\nend";
		expect([...testedTables(page)]).toEqual([
			[
				"one-1",
				[
					{ a: "x y", "b c": "text, `code`" },
					{ a: "1", "b c": "" },
				],
			],
		]);
	});

	it("end with the page", () => {
		expect(testedTables("<!-- test: t -->\n| a |\n|---|\n| 1 |\n").get("t")).toEqual([{ a: "1" }]);
	});

	it.each([
		"<!-- test: t -->\n\n| a |\n|---|\n| 1 |\n",
		"<!-- test: t -->\n| a |\n|---|\n",
		"<!-- test: t -->\ntext\n",
	])("are missed where there is none: %j", (page) =>
		expect(() => testedTables(page)).toThrow("no table below the comment of t"),
	);

	it("have a name of their own", () => {
		const table = "<!-- test: t -->\n| a |\n|---|\n| 1 |\n";
		expect(() => testedTables(`${table}\n${table}`)).toThrow("two tables are called t");
	});
});
