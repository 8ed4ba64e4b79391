import { expect, test } from "vitest";
import { queries } from "../../../tests/support/sampleShop.ts";
import { namedQuery } from "./namedQueries.ts";

const names = queries.map(({ name }) => name);

test("a query is found by its name", () => {
	expect(names).toContain("monthly_revenue");
	expect(namedQuery(queries, "monthly_revenue").sql).toContain("SELECT");
});

test("an unknown name is an error that names those there are", () => {
	expect(() => namedQuery(queries, "../b")).toThrowError(
		expect.objectContaining({
			outcome: "usage",
			text: expect.objectContaining({ what: "There is no named query ../b.", why: `There are ${names.join(", ")}.` }),
		}),
	);
	expect(() => namedQuery([], "b")).toThrowError("The definition has none.");
});
