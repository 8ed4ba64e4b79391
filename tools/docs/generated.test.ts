import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { projectRoot } from "../../cli/common/projectRoot.ts";
import { it } from "../../tests/support/fixtures.ts";
import { type Generated, render, withBlock, write } from "./generated.ts";
import { registry } from "./registry.ts";

describe("the generated pages of this repository", () => {
	it("are as `npm run docs` would write them", async () => {
		for (const { path, current, wanted } of await render(projectRoot, registry)) {
			expect(current, `${path} is stale: run \`npm run docs\``).toBe(wanted);
		}
	});
});

describe("a page with blocks", () => {
	const page = "# Page\n\n<!-- a:begin -->\nold\n<!-- a:end -->\n\nby hand\n\n<!-- b:begin -->\n<!-- b:end -->\n";
	const pages: Generated[] = [
		{ path: "page.md", block: "a", make: () => "one\n" },
		{ path: "page.md", block: "b", make: async () => "two\nlines" },
		{ path: "whole.md", make: () => "all of it\n" },
	];
	let root: string;
	it.beforeEach(async ({ folder }) => {
		root = folder;
		await writeFile(join(root, "page.md"), page);
	});

	it("keeps what is written by hand, and is written only where it is stale", async () => {
		expect(await write(root, await render(root, pages))).toEqual(["page.md", "whole.md"]);
		expect(await readFile(join(root, "page.md"), "utf8")).toBe(
			"# Page\n\n<!-- a:begin -->\none\n<!-- a:end -->\n\nby hand\n\n<!-- b:begin -->\ntwo\nlines\n<!-- b:end -->\n",
		);
		expect(await readFile(join(root, "whole.md"), "utf8")).toBe("all of it\n");
		expect(await write(root, await render(root, pages))).toEqual([]);
	});

	it("is not written by a render alone", async () => {
		await render(root, pages);
		expect(await readFile(join(root, "page.md"), "utf8")).toBe(page);
	});

	it.each([
		["no mark", "text"],
		["no end", "<!-- a:begin -->\n"],
		["no begin", "<!-- a:end -->\n"],
		["the end first", "<!-- a:end -->\n<!-- a:begin -->\n"],
		["two of them", `${page}\n<!-- a:begin -->\n<!-- a:end -->\n`],
	])("is refused with %s", (_, file) => {
		expect(() => withBlock(file, "page.md", "a", "text")).toThrow("page.md must have <!-- a:begin -->");
	});
});
