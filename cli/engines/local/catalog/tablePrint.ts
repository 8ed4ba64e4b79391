import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { entriesOf, isMissing } from "../../../common/fs.ts";
import type { LocalPaths } from "../shared/paths.ts";
import type { FoundTable } from "./lakeTables.ts";

/** To be raised where columns are read otherwise from the same files. */
const reading = 1;

/**
 * One text for the files that a table's columns are read from: the metadata of an Iceberg table, all files of another one, each by
 * path, size and time.
 * @param beside what else they come from.
 * @returns with it, whether there are any.
 */
export async function tablePrint(
	found: FoundTable,
	beside: unknown,
	paths: LocalPaths,
): Promise<{ print: string; hasFiles: boolean }> {
	const folder = join(paths[found.zone], found.prefix);
	const { name, format, source, shape } = found;
	const lines = await linesOf(format === "iceberg" ? join(folder, "metadata") : folder, "");
	const hash = createHash("sha256").update(JSON.stringify([reading, name, format, source, shape, beside]));
	for (const line of lines.sort()) hash.update(line);
	return { print: hash.digest("hex").slice(0, 32), hasFiles: lines.length > 0 };
}

async function linesOf(folder: string, below: string): Promise<string[]> {
	const found: string[] = [];
	for (const entry of await entriesOf(folder)) {
		const [path, name] = [join(folder, entry.name), `${below}/${entry.name}`];
		if (entry.isDirectory()) found.push(...(await linesOf(path, name)));
		else found.push(await lineOf(path, name));
	}
	return found;
}

async function lineOf(path: string, name: string): Promise<string> {
	try {
		const { size, mtimeNs } = await stat(path, { bigint: true });
		return `${name} ${size} ${mtimeNs}\n`;
	} catch (error) {
		if (isMissing(error)) return `${name} -\n`;
		throw error;
	}
}
