import { expect, test } from "vitest";
import { namedQueries, namedQuery } from "./namedQueries.ts";

const names = namedQueries().map(({ name }) => name);

test("a query is found by its name", () => {
	expect(names).toContain("monthly_revenue");
	expect(namedQuery("monthly_revenue").sql).toContain("SELECT");
});

test("an unknown name is an error that names those there are", () => {
	expect(() => namedQuery("../b")).toThrowError(
		expect.objectContaining({
			outcome: "usage",
			text: expect.objectContaining({ what: "There is no named query ../b.", why: `There are ${names.join(", ")}.` }),
		}),
	);
});
