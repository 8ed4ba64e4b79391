import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** First 16 hex digits of the SHA-256 of some content, for names that change with it. */
export function contentHash(content: string | Uint8Array): string {
	return createHash("sha256").update(content).digest("hex").slice(0, 16);
}

/** Paths of a folder's files with one of the endings, relative to it, sorted; hidden folders and caches left out. */
export function filesOf(folder: string, endings: readonly string[]): string[] {
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
		.map((entry) =>
			join(entry.parentPath, entry.name)
				.slice(folder.length + 1)
				.replaceAll("\\", "/"),
		)
		.filter((path) => !path.split("/").some((part) => part.startsWith(".") || part === "__pycache__"))
		.sort();
}

/** Hash over the names and contents of files. @param files paths, by name. */
export function filesHash(files: Readonly<Record<string, string>>): string {
	const digest = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");
	const names = Object.keys(files).sort();
	return contentHash(names.map((name) => `${name}\0${digest(files[name] ?? "")}\n`).join(""));
}
