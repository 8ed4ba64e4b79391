import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { projectRoot } from "../cli/common/projectRoot.ts";
import { releaseNotes } from "./release.mjs";

const changelog =
	"# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - 2026-11-29\n\n### Added\n\n- A thing.\n\n## [1.2.2] - 2026-11-01\n\n- Old.\n";

it("a release has its version's part of the changelog", () => {
	expect(releaseNotes("v1.2.3", "1.2.3", changelog)).toBe("### Added\n\n- A thing.\n");
});

it.each([
	["v1.2.4", "1.2.3", "The tag is v1.2.4, and package.json has the version 1.2.3."],
	["1.2.3", "1.2.3", "The tag is 1.2.3, and package.json has the version 1.2.3."],
	["v2.0.0", "2.0.0", "CHANGELOG.md has no section [2.0.0]."],
])("the tag %s with the version %s is refused", (tag, version, why) => {
	expect(() => releaseNotes(tag, version, changelog)).toThrow(why);
});

it("workflows run the commit of an action that was looked at: a tag of somebody else can be moved", async () => {
	const folder = join(projectRoot, ".github", "workflows");
	const texts = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), "utf8")));
	const used = texts.flatMap((text) =>
		[...text.matchAll(/uses: (\S+)(.*)/g)].map(([, name = "", rest = ""]) => name + rest),
	);
	expect(used.length).toBeGreaterThan(5);
	const unpinned = used.filter((one) => !one.startsWith("./") && !/^[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(one));
	expect(unpinned).toEqual([]);
});
