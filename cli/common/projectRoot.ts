import { existsSync } from "node:fs";
import { dirname, join, parse, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** Where this program lies: package.json, etl/ and dist/, whether run from source, from the bundle or from an installed package. */
export const toolRoot = findRoot(dirname(fileURLToPath(import.meta.url)));

/** The user's project, which has pipelines/, Pulumi.yaml and .pipeline/: this program's own folder in a clone. */
export const projectRoot = projectOf(toolRoot, process.cwd());

/**
 * The project that a program serves. Of an installed package, that is the next folder upwards with a Pulumi.yaml, as for
 * `pulumi`; where there is none, the one that has installed it, and for a package installed for all projects the current one.
 * @param tool absolute folder of the program.
 * @param here absolute folder in which it was called.
 */
export function projectOf(tool: string, here: string): string {
	const parts = tool.split(sep);
	const modules = parts.indexOf("node_modules");
	if (modules < 0) return tool;
	for (const folder of upwards(here)) if (existsSync(join(folder, "Pulumi.yaml"))) return folder;
	const installedIn = parts.slice(0, modules).join(sep) || parse(tool).root;
	const way = relative(installedIn, here);
	return way.split(sep)[0] === ".." ? here : installedIn;
}

function upwards(folder: string): string[] {
	const above = dirname(folder);
	return above === folder ? [folder] : [folder, ...upwards(above)];
}

function findRoot(folder: string): string {
	return existsSync(join(folder, "package.json")) ? folder : findRoot(dirname(folder));
}
