import { expect, it } from "vitest";
import { datasetsDocument } from "../contract/datasets.ts";
import { jobsDocument } from "./document.ts";

const none = { datasets: [], made: [] };

it("the jobs' document has the type of a click in Spark's notation", () => {
	const document = jobsDocument(none, [], { id: "int", price: "decimal(12, 2)", "a b": { tags: ["string"] } });
	expect(document.clicks).toBe("struct<`id`:int,`price`:decimal(12,2),`a b`:struct<`tags`:array<string>>>");
	expect(datasetsDocument.parse(document)).toEqual(document);
});

it("without clicks it has none", () => {
	expect(jobsDocument(none, [])).toEqual({ datasets: [], made: [], models: [] });
	const made = [{ schema: "totals", tables: [{ name: "total", rules: [] }] }];
	expect(jobsDocument({ datasets: [], made }, [])).toEqual({ datasets: made, made: ["totals"], models: [] });
});
