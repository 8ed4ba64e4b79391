import { expect, test } from "vitest";
import { queries } from "../../../tests/support/sampleShop.ts";
import { namedQuery, viewStatement } from "./namedQueries.ts";

const names = queries.map(({ name }) => name);

test("a query is found by its name", () => {
	expect(names).toContain("monthly_revenue");
	expect(namedQuery(queries, "monthly_revenue").sql).toContain("SELECT");
});

test("an unknown name is an error that names those there are", () => {
	expect(() => namedQuery(queries, "../b")).toThrowError(
		expect.objectContaining({
			outcome: "usage",
			text: expect.objectContaining({ what: "There is no named query ../b.", why: `Available: ${names.join(", ")}.` }),
		}),
	);
	expect(() => namedQuery([], "b")).toThrowError("The definition has none.");
});

test("a view of the warehouse is asked for all its rows", () => {
	const views = [{ ...queries[0], name: "sales" }] as typeof queries;
	expect(viewStatement(views, "sales")).toBe("SELECT * FROM sales");
	expect(() => viewStatement(views, "sale")).toThrowError(
		expect.objectContaining({
			text: {
				what: "There is no view sale.",
				why: "Available: sales.",
				fix: "Did you mean sales? Choose one of them.",
				next: "pipeline-cli warehouse query --list",
			},
		}),
	);
});
