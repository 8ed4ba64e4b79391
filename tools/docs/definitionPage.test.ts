import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parsePipeline } from "../../etl/contract/pipeline/parse.ts";
import { repositoryPath } from "../../infra/testing/stack.ts";
import { definitionReference } from "./definitionPage.ts";

it("the example of docs/definition.md is a definition", () => {
	const page = readFileSync(repositoryPath("docs/definition.md"), "utf8");
	const [, example = ""] = /^```yaml\n([\s\S]*?)^```$/m.exec(page) ?? [];
	expect(parsePipeline(example, "docs/definition.md")).toMatchObject({
		name: "shop2",
		schemas: [{ name: "shop", exclude: ["tmp_*"] }],
		tables: [{ columns: { ssn: "drop", email: "hash" } }, { primaryKey: ["id"] }],
		schedule: { everySeconds: 300 },
	});
});

it("the reference has every mapping, and examples as they are written", () => {
	const text = definitionReference();
	for (const heading of [
		"The file",
		"`source.schemas.<name>`",
		"`tables.<name>.rules[].range`",
		"`charts[]`",
		"`schedule`",
	]) {
		expect(text).toContain(`\n### ${heading}\n`.trimStart());
	}
	expect(text).toContain(
		"| `name` (needed) | Name of the pipeline; on AWS, part of the names of all resources | `name: shop` |",
	);
	expect(text).toContain("`columns: { ssn: drop, email: hash, zip: keep }`");
	expect(text).not.toMatch(/\| {2}\|/);
});
