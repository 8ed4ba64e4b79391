import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { projectRoot } from "../../cli/common/projectRoot.ts";
import { it } from "../../tests/support/fixtures.ts";
import { brokenReferences } from "./references.ts";

const markdownIn = (folder: string): string[] =>
	readdirSync(join(projectRoot, folder))
		.filter((name) => name.endsWith(".md"))
		.map((name) => join(folder, name));

const pages = [...markdownIn("."), ...markdownIn("docs"), ...markdownIn("docs/decisions"), ...markdownIn("bench")];

describe("the pages of this repository", () => {
	it.each(pages)("%s refers to what is there", (page) => {
		expect(brokenReferences(projectRoot, page)).toEqual([]);
	});
});

describe("a page", () => {
	let root: string;
	it.beforeAll(({ fileFolder }) => {
		root = fileFolder;
		mkdirSync(join(root, "cli", "engines"), { recursive: true });
		writeFileSync(join(root, "cli", "run.ts"), "");
		writeFileSync(join(root, "other.md"), "# The `first` one\n\n```\n# none\n```\n");
	});

	const broken = (text: string): string[] => {
		writeFileSync(join(root, "page.md"), text);
		return brokenReferences(root, "page.md").map((line) => line.replace(/^page\.md: /, ""));
	};

	it.each([
		["a path from the root", "`cli/run.ts` and `cli/engines/`"],
		["a path below another", "# Files below `cli/`\n\n`run.ts`, `engines/`"],
		["a path below another, said in the text", "`run.ts`; all below `cli/`"],
		["what is not a path", "`run it`, `cli`, `a | b`, `n/a`, `--rate`, `<x>/y.ts`"],
		["anything in a generated block", "<!-- a:begin -->\n`cli/none.ts`\n<!-- a:end -->"],
		["a kind of file", "each `.sql` and `.ts` file"],
		["paths of the lake", "`current/shop/orders`, `.pipeline/x.ts`"],
		["a code block", "```sh\nrun `cli/none.ts`\n```"],
		["links", "[a](other.md) [b](other.md#the-first-one) [c](https://example.com/x.ts) [d](#here)\n\n# Here"],
		["a tree", "```tree\ncli/      all\n  engines/\n  run.ts  runs\n             more of it\nother.md\n```"],
	])("may have %s", (_, text) => {
		expect(broken(text)).toEqual([]);
	});

	it.each([
		["`cli/none.ts`", "`cli/none.ts`"],
		["`cli/engines/none`", "`cli/engines/none`"],
		["`none.ts`", "`none.ts`"],
		["# Files below `cli/`\n\n`engines/none`", "`engines/none`"],
		["# Files below `cli/`\n\n`run.ts`\n\n# Others\n\n`run.ts`", "`run.ts`"],
		["[a](none.md)", "link to none.md"],
		["[a](other.md#none)", "link to other.md#none: no such heading"],
		["```tree\ncli/\n  none/   nothing\n```", "cli/none/ in the tree"],
		["```tree\ncli/  all\n  engines/\n    none.ts  nothing\n```", "cli/engines/none.ts in the tree"],
	])("is broken by %j", (text, what) => {
		expect(broken(text)).toEqual([what]);
	});
});
