import { expect, it } from "vitest";
import { datasetsDocument } from "../contract/datasets.ts";
import { jobsDocument } from "./document.ts";

it("the jobs' document has the type of a click in Spark's notation", () => {
	const document = jobsDocument([], [], { id: "int", price: "decimal(12, 2)", "a b": { tags: ["string"] } });
	expect(document.clicks).toBe("struct<`id`:int,`price`:decimal(12,2),`a b`:struct<`tags`:array<string>>>");
	expect(datasetsDocument.parse(document)).toEqual(document);
});

it("without clicks it has none", () => {
	expect(jobsDocument([], [])).toEqual({ datasets: [], models: [] });
});
