import { stat } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { bug } from "../../common/errors.ts";
import { entriesOf, isMissing, removeBelow } from "../../common/fs.ts";
import type { ObjectStore, StoredObject } from "../port.ts";
import { folderUri } from "./shared/paths.ts";

/** A zone of the local lake, seen as S3 shows a bucket: keys with slashes, objects that are there as a whole or not at all. */
export class LocalObjectStore implements ObjectStore {
	readonly uri: string;
	readonly #root: string;

	constructor(root: string) {
		this.#root = root;
		this.uri = folderUri(root);
	}

	/** In the order of S3: by the bytes of the key. Unfinished files (`.…`, `….tmp`) are left out. */
	async *list(prefix: string, after = ""): AsyncIterable<StoredObject> {
		const folder = prefix.slice(0, prefix.lastIndexOf("/") + 1);
		const start = Buffer.from(after);
		for await (const found of this.#below(folder, prefix)) {
			if (after === "" || Buffer.from(found.key).compare(start) > 0) yield found;
		}
	}

	async fetch(key: string): Promise<string> {
		return join(this.#root, key);
	}

	async remove(prefix: string): Promise<void> {
		const path = resolve(this.#root, prefix);
		if (!path.startsWith(`${resolve(this.#root)}${sep}`)) throw bug(`${prefix} is outside the zone`);
		await removeBelow(this.#root, prefix);
	}

	async *#below(folder: string, prefix: string): AsyncIterable<StoredObject> {
		for (const { key, isFolder } of await this.#entries(folder)) {
			if (isFolder) {
				if (key.startsWith(prefix) || prefix.startsWith(key)) yield* this.#below(key, prefix);
			} else if (key.startsWith(prefix)) {
				const found = await this.#stat(key);
				if (found !== undefined) yield found;
			}
		}
	}

	/** Entries of a folder; a folder's key ends with a slash, and so it sorts where its objects' keys do. */
	async #entries(folder: string): Promise<{ key: string; isFolder: boolean }[]> {
		return (await entriesOf(join(this.#root, folder)))
			.filter((entry) => !isUnfinished(entry.name))
			.map((entry) => ({
				key: `${folder}${entry.name}${entry.isDirectory() ? "/" : ""}`,
				isFolder: entry.isDirectory(),
			}))
			.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
	}

	/** @returns undefined where the file went away since its folder was read. */
	async #stat(key: string): Promise<StoredObject | undefined> {
		try {
			const { size, mtime } = await stat(join(this.#root, key));
			return { key, size, modified: mtime };
		} catch (error) {
			if (isMissing(error)) return undefined;
			throw error;
		}
	}
}

function isUnfinished(name: string): boolean {
	return name.startsWith(".") || name.endsWith(".tmp");
}
