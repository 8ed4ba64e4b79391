import { join } from "node:path";
import { entriesOf } from "../../../common/fs.ts";

/** Names that engines give to their own bookkeeping and unfinished work; they are not data. */
export function isHidden(name: string): boolean {
	return name.startsWith("_") || name.startsWith(".");
}

/** Names of the folders in a folder, sorted; none where it does not exist. */
export async function subfolders(folder: string): Promise<string[]> {
	const entries = await entriesOf(folder);
	return entries
		.filter((entry) => entry.isDirectory() && !isHidden(entry.name))
		.map((entry) => entry.name)
		.sort();
}

/** Absolute paths of the files below a folder whose names end so, sorted; hidden files and folders are left out. */
export async function filesBelow(folder: string, endings: readonly string[]): Promise<string[]> {
	const found: string[] = [];
	for (const entry of await entriesOf(folder)) {
		if (isHidden(entry.name)) continue;
		const path = join(folder, entry.name);
		if (entry.isDirectory()) found.push(...(await filesBelow(path, endings)));
		else if (endings.some((ending) => entry.name.endsWith(ending))) found.push(path);
	}
	return found.sort();
}

/** Keys of a Hive layout (`key=value/`), from the folders between a table's root and one of its files. */
export function hiveKeys(root: string, file: string): string[] {
	const folders = file
		.slice(root.length + 1)
		.split("/")
		.slice(0, -1);
	return folders.filter((name) => name.includes("=")).map((name) => name.slice(0, name.indexOf("=")));
}
