import type { Stats } from "node:fs";
import { mkdir, open, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { finished } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { z } from "zod";
import { lake } from "../../../../etl/contract/contract.ts";
import { errorCode } from "../../../common/errors.ts";
import { removeBelow, writeFileAtomic } from "../../../common/fs.ts";
import { type JsonKind, readJsonFileIfGood } from "../../../common/jsonFile.ts";
import type { LocalPaths } from "../shared/paths.ts";

const checkedSchema = z.object({
	version: z.literal(2),
	/** Files that changed up to this time, in ms since 1970, were looked at. */
	until: z.number(),
	/** Damaged files below the raw zone, with the size of each then. */
	damaged: z.record(z.string(), z.number()),
});

type Checked = z.infer<typeof checkedSchema>;

const checkedFile: JsonKind<Checked> = {
	name: "The list of damaged click files",
	schema: checkedSchema,
	version: 2,
	remedy: (place) => ({ fix: `Remove ${place}. The next query then checks all click files.` }),
};

/** Bytes of a line, at most: DuckDB's `maximum_object_size`, and that of the jobs in `click_records.py`. */
const longestLine = 2 ** 24;

/** A line that is a row of nulls: it stands for lines that cannot be read, as with the jobs, which count it as malformed. */
const notAClick = Buffer.from("null");

const mark = Buffer.from("\ufeff");

/** How far apart two clocks of one machine's file systems may be. */
const slackMs = 2000;

/** Those of some files that may have changed since a time, in ms since 1970, which the machine's clock gave. */
export async function changedSince(files: readonly string[], time: number): Promise<Set<string>> {
	// A clock that was set back gives new files an earlier time.
	if (time > Date.now()) return new Set(files);
	const changed = new Set<string>();
	for (const file of files) {
		const found = await statIfThere(file);
		if (found !== undefined && found.ctimeMs > time - slackMs) changed.add(file);
	}
	return changed;
}

/** @returns undefined of a file that was removed since it was listed. */
async function statIfThere(file: string): Promise<Stats | undefined> {
	return stat(file).catch(unlessGone);
}

function unlessGone(error: unknown): undefined {
	if (errorCode(error) !== "ENOENT") throw error;
}

/**
 * Click files that DuckDB can read to their ends, in the order of the files: in place of a damaged gzip file, or of one with too
 * long a line, a copy of what can be read of it, since every query fails with one file. Each is looked at one time, and again when
 * it has changed.
 * @returns by each file, where it is read: without those that were removed since they were listed.
 */
export async function readableClickFiles(files: readonly string[], paths: LocalPaths): Promise<Map<string, string>> {
	const place = join(paths.processed, lake.salvaged, "checked.json");
	const known = (await readJsonFileIfGood(place, checkedFile)) ?? { version: 2, until: 0, damaged: {} };
	const checked: Checked = { version: 2, until: Date.now(), damaged: {} };
	const readable = new Map<string, string>();
	const changed = await changedSince(files, known.until);
	for (const file of files) {
		const size = (await statIfThere(file))?.size;
		if (size === undefined) continue;
		const isZipped = file.toLowerCase().endsWith(".gz");
		const name = relative(paths.raw, file);
		const copy = join(paths.processed, lake.salvaged, `${name}.json`);
		const wasDamaged = known.damaged[name] === size;
		let content: Buffer | undefined;
		if (changed.has(file)) {
			const looking = isZipped ? damagedContent(file, size) : plainContent(file, size);
			content = await looking.catch(unlessGone);
			if (content === undefined) {
				readable.set(file, file);
				continue;
			}
		} else if (!wasDamaged) {
			readable.set(file, file);
			continue;
		}
		checked.damaged[name] = size;
		if (content !== undefined) {
			await mkdir(dirname(copy), { recursive: true });
			await writeFile(copy, content);
		}
		readable.set(file, copy);
	}
	if (changed.size > 0) {
		await mkdir(dirname(place), { recursive: true });
		await writeFileAtomic(place, JSON.stringify(checked));
		for (const name of Object.keys(known.damaged)) {
			if (checked.damaged[name] !== undefined) continue;
			await removeBelow(paths.processed, `${lake.salvaged}/${name}.json`);
		}
	}
	return readable;
}

/** DuckDB takes others for compressed. */
function isPlain(file: string): boolean {
	return !/\.(?:zst|lz4|snappy|br)$/i.test(file);
}

/** What is to be read of a damaged gzip file; undefined where DuckDB can read it as it is. */
async function damagedContent(file: string, size: number): Promise<Buffer | undefined> {
	const slice = 4096;
	const whole = await unzipped(file, [[slice, Infinity]]);
	if (whole.damagedAt === undefined) {
		const content = withoutMark(whole.content);
		// DuckDB does not take zeros after the end, with which some writers fill a block.
		const isAsItIs = size > 0 && whole.read === size && file.endsWith(".gz") && content.length === whole.content.length;
		return withoutLongLines(content) ?? (isAsItIs ? undefined : content);
	}
	// Byte by byte where it is damaged, as what is written at one time comes to nothing.
	const { content } = await unzipped(file, [
		[slice, whole.damagedAt],
		[1, slice],
	]);
	const readable = withoutMark(content);
	if (isBlank(readable)) return notAClick;
	return withoutLongLines(readable) ?? readable;
}

/** Whether no line of a content has anything in it. */
function isBlank(content: Buffer): boolean {
	return content.every((byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d));
}

/** What is to be read of a file that is not compressed; undefined where DuckDB can read it as it is. */
async function plainContent(file: string, size: number): Promise<Buffer | undefined> {
	if (isPlain(file) && size <= longestLine && !(await beginsWithMark(file))) return undefined;
	const content = withoutMark(await readFile(file));
	return withoutLongLines(content) ?? (isPlain(file) && content.length === size ? undefined : content);
}

async function beginsWithMark(file: string): Promise<boolean> {
	const handle = await open(file);
	try {
		const { buffer } = await handle.read(Buffer.alloc(mark.length));
		return buffer.equals(mark);
	} finally {
		await handle.close();
	}
}

/** A content without its byte order mark, which DuckDB skips in all files but the first. */
function withoutMark(content: Buffer): Buffer {
	return content.subarray(0, mark.length).equals(mark) ? content.subarray(mark.length) : content;
}

/**
 * @param slices sizes in which the file is given to zlib, and how many of each.
 * @returns what came of it, how many bytes of the file were used, and the number of the slice where it is damaged.
 */
async function unzipped(
	file: string,
	slices: readonly (readonly [size: number, count: number])[],
): Promise<{ content: Buffer; read: number; damagedAt?: number }> {
	const parts: Buffer[] = [];
	const gunzip = createGunzip();
	gunzip.on("data", (part: Buffer) => parts.push(part));
	// A write that fails is not called back.
	const failure = new Promise<never>((_resolve, reject) => gunzip.on("error", reject));
	failure.catch(() => undefined);
	const input = await readFile(file);
	let written = 0;
	let at = 0;
	try {
		for (const [size, count] of slices) {
			for (at = 0; at < count && written < input.length; at += 1) {
				const part = input.subarray(written, written + size);
				await Promise.race([new Promise((resolve) => gunzip.write(part, resolve)), failure]);
				written += part.length;
			}
		}
		gunzip.end();
		await finished(gunzip);
		return { content: Buffer.concat(parts), read: gunzip.bytesWritten };
	} catch (error) {
		if (!(error instanceof Error && "code" in error && String(error.code).startsWith("Z_"))) throw error;
		return { content: Buffer.concat(parts), read: gunzip.bytesWritten, damagedAt: at };
	} finally {
		gunzip.destroy();
	}
}

/** The content with `null` in place of each line that DuckDB would fail at; undefined where there is none. */
function withoutLongLines(content: Buffer): Buffer | undefined {
	const parts: Buffer[] = [];
	let start = 0;
	let kept = 0;
	while (content.length - start > longestLine) {
		const found = content.indexOf("\n", start);
		const end = found === -1 ? content.length : found;
		if (end - start > longestLine) {
			parts.push(content.subarray(kept, start), notAClick);
			kept = end;
		}
		start = end + 1;
	}
	return kept === 0 ? undefined : Buffer.concat([...parts, content.subarray(kept)]);
}
