import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

export interface ModelFile {
	/** As mistakes name it. */
	file: string;
	content: string;
}

/** The files of a folder of models, by name; those within its folders, too. @param shown the folder, as mistakes name it. */
export function modelFiles(folder: string, shown: string): ModelFile[] {
	return pathsOf(folder).map((path) => ({
		file: `${shown.replace(/\/$/, "")}/${path}`,
		content: readFileSync(join(folder, path), "utf8"),
	}));
}

/** Names of a folder's models. */
export function modelNames(folder: string): string[] {
	return pathsOf(folder)
		.map((path) => basename(path, ".sql"))
		.sort();
}

function pathsOf(folder: string): string[] {
	return readdirSync(folder, { recursive: true, encoding: "utf8" })
		.filter((path) => path.endsWith(".sql"))
		.map((path) => path.replaceAll("\\", "/"))
		.sort();
}
