/** `npm run docs` writes the generated pages; with `-- --check` it only says which are stale, and fails. */
import { projectRoot } from "../cli/common/projectRoot.ts";
import { render, write } from "./docs/generated.ts";
import { registry } from "./docs/registry.ts";

const rendered = await render(projectRoot, registry);
const check = process.argv.includes("--check");
const stale = check
	? rendered.filter(({ current, wanted }) => current !== wanted).map(({ path }) => path)
	: await write(projectRoot, rendered);
for (const path of stale) process.stdout.write(`${check ? "stale" : "written"}: ${path}\n`);
if (check && stale.length > 0) {
	process.stderr.write("Run `npm run docs` and commit what it writes.\n");
	process.exitCode = 1;
}
