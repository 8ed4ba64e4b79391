import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Root of the project: where package.json, etl/ and infra/ lie, whether run from source or from the bundle. */
export const projectRoot = findRoot(dirname(fileURLToPath(import.meta.url)));

function findRoot(folder: string): string {
	return existsSync(join(folder, "package.json")) ? folder : findRoot(dirname(folder));
}
