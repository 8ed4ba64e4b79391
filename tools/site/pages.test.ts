import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { projectRoot } from "../../cli/common/projectRoot.ts";
import { it } from "../../tests/support/fixtures.ts";
import { siteFile, sitePages } from "./pages.ts";

const files = sitePages.flatMap(({ pages }) => pages.map(([, file]) => file));

it("the site has every page of docs/, once", () => {
	const inDocs = readdirSync(join(projectRoot, "docs")).filter((name) => name.endsWith(".md"));
	expect(files.filter((file) => /^docs\/[^/]+$/.test(file)).sort()).toEqual(
		inDocs.map((name) => `docs/${name}`).sort(),
	);
	expect(files.filter((file) => !existsSync(join(projectRoot, file)))).toEqual([]);
	expect(new Set(files).size).toBe(files.length);
});

it.each([
	["README.md", "index.md"],
	["docs/decisions/README.md", "docs/decisions/index.md"],
	["docs/sql.md", "docs/sql.md"],
])("%s is the site's %s", (file, expected) => {
	expect(siteFile(file)).toBe(expected);
});
