/**
 * `npm run site` makes the static site of the repository's pages, dist/site. VitePress has a package.json of its own in this folder,
 * so that nobody installs it who only uses the pipeline; it fails where a link leads to no page.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { projectRoot as root } from "../../cli/common/projectRoot.ts";
import { siteFile, sitePages } from "./pages.ts";

const here = join(root, "tools", "site");
const content = join(here, "content");
const inherit = { cwd: here, stdio: "inherit" } as const;

if (!existsSync(join(here, "node_modules"))) execFileSync("npm", ["ci", "--no-audit", "--no-fund"], inherit);
await rm(content, { recursive: true, force: true });
const decisions = (await readdir(join(root, "docs", "decisions"))).map((name) => join("docs", "decisions", name));
const pages = sitePages.flatMap((group) => group.pages.map(([, file]) => file));
for (const file of new Set([...pages, ...decisions, "docs/images"])) {
	const to = join(content, siteFile(file));
	await mkdir(dirname(to), { recursive: true });
	await cp(join(root, file), to, { recursive: true });
}
// Its own messages say what is wrong.
process.exitCode =
	spawnSync(process.execPath, ["node_modules/vitepress/bin/vitepress.js", "build"], inherit).status ?? 1;
