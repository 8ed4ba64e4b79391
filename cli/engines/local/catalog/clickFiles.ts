import { createReadStream } from "node:fs";
import { mkdir, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { finished } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { z } from "zod";
import { lake } from "../../../../etl/contract/contract.ts";
import { removeBelow, writeFileAtomic } from "../../../common/fs.ts";
import { type JsonKind, readJsonFileIfGood } from "../../../common/jsonFile.ts";
import type { LocalPaths } from "../shared/paths.ts";

const checkedSchema = z.object({
	version: z.literal(1),
	/** Files that changed up to this time, in ms since 1970, were looked at. */
	until: z.number(),
	/** Damaged files below the raw zone, with the size of each then. */
	damaged: z.record(z.string(), z.number()),
});

type Checked = z.infer<typeof checkedSchema>;

const checkedFile: JsonKind<Checked> = {
	name: "The list of damaged click files",
	schema: checkedSchema,
	version: 1,
	remedy: (place) => ({ fix: `Remove ${place}: the next query looks at all click files.` }),
};

/** How far apart two clocks of one machine's file systems may be. */
const slackMs = 2000;

/** Those of some files that may have changed since a time, in ms since 1970, which the machine's clock gave. */
export async function changedSince(files: readonly string[], time: number): Promise<Set<string>> {
	// A clock that was set back gives new files an earlier time.
	if (time > Date.now()) return new Set(files);
	const changed = new Set<string>();
	for (const file of files) if ((await stat(file)).ctimeMs > time - slackMs) changed.add(file);
	return changed;
}

/**
 * Click files that can be read to their ends: in place of a damaged gzip file a copy of what can be read of it, since DuckDB
 * fails at it, and with it every query; in the order of the files. Each file is read one time; a damaged one again when it has changed.
 */
export async function readableClickFiles(files: readonly string[], paths: LocalPaths): Promise<string[]> {
	const place = join(paths.processed, lake.salvaged, "checked.json");
	const known = (await readJsonFileIfGood(place, checkedFile)) ?? { version: 1, until: 0, damaged: {} };
	const checked: Checked = { version: 1, until: Date.now(), damaged: {} };
	const readable: string[] = [];
	let isNew = false;
	for (const file of files) {
		if (!file.endsWith(".gz")) {
			readable.push(file);
			continue;
		}
		const { ctimeMs, size } = await stat(file);
		const name = relative(paths.raw, file);
		const copy = join(paths.processed, lake.salvaged, `${name}.json`);
		const wasDamaged = known.damaged[name] === size;
		let content: Buffer | undefined;
		if (ctimeMs > known.until - slackMs) {
			isNew = true;
			content = await damagedContent(file, size);
			if (content === undefined) {
				readable.push(file);
				continue;
			}
		} else if (!wasDamaged) {
			readable.push(file);
			continue;
		}
		checked.damaged[name] = size;
		if (content !== undefined) {
			await mkdir(dirname(copy), { recursive: true });
			await writeFile(copy, content);
		}
		readable.push(copy);
	}
	if (isNew) {
		await mkdir(dirname(place), { recursive: true });
		await writeFileAtomic(place, JSON.stringify(checked));
		for (const name of Object.keys(known.damaged)) {
			if (checked.damaged[name] !== undefined) continue;
			await removeBelow(paths.processed, `${lake.salvaged}/${name}.json`);
		}
	}
	return readable;
}

/** What can be read of a damaged gzip file; undefined where it can be read to its end. */
async function damagedContent(file: string, size: number): Promise<Buffer | undefined> {
	const parts: Buffer[] = [];
	const gunzip = createGunzip();
	const source = createReadStream(file);
	source.on("error", (error) => gunzip.destroy(error));
	source.pipe(gunzip);
	try {
		gunzip.on("data", (part: Buffer) => parts.push(part));
		await finished(gunzip);
		return size === 0 ? Buffer.alloc(0) : undefined;
	} catch (error) {
		if (error instanceof Error && "code" in error && String(error.code).startsWith("Z_")) return Buffer.concat(parts);
		throw error;
	} finally {
		source.destroy();
	}
}
