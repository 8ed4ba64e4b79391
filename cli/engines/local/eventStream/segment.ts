import { randomBytes } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { constants, createGzip } from "node:zlib";
import { exists, makeFolder, syncFolder } from "../../../common/fs.ts";

/**
 * A write-ahead file: lines on their way to one object of the raw zone. It lies in the sender's folder under the
 * object's key, so that after a crash its name says what is to become of it.
 */
export class Segment {
	readonly #file: FileHandle;
	/** The file's entry in its folder, on its way to the disk. */
	readonly #entry: Promise<void>;

	private constructor(file: FileHandle, entry: Promise<void>) {
		this.#file = file;
		this.#entry = entry;
		// Whoever calls `sync` sees its failure.
		entry.catch(() => undefined);
	}

	/** @param folder the sender's. */
	static async create(folder: string, key: string): Promise<Segment> {
		const path = join(folder, key);
		await makeFolder(dirname(path));
		return new Segment(await open(path, "ax"), syncFolder(dirname(path)));
	}

	/** Appends whole lines; they outlive a kill of this process, and one of the machine after `sync`. */
	async write(lines: string): Promise<void> {
		await this.#file.appendFile(lines);
	}

	/** Returns once all that was written before is on disk. */
	async sync(): Promise<void> {
		await Promise.all([this.#file.datasync(), this.#entry]);
	}

	async close(): Promise<void> {
		await this.#file.close();
	}
}

/**
 * Brings a closed segment into the raw zone under its key, and removes it. Readers see all of the object or nothing. May
 * be killed at any moment and repeated: an object that is there already is whole.
 */
export async function publish(folder: string, key: string, raw: string): Promise<void> {
	const source = join(folder, key);
	const target = join(raw, key);
	if (!(await exists(target))) {
		const finished = join(folder, `.${randomBytes(8).toString("hex")}`);
		await encode(source, finished, key.endsWith(".gz"));
		await makeFolder(dirname(target));
		await rename(finished, target);
		await syncFolder(dirname(target));
	}
	await rm(source, { force: true });
}

/**
 * Cuts off a line that a crash left unfinished; it was never accepted.
 * @returns whether anything is left.
 */
export async function repair(folder: string, key: string): Promise<boolean> {
	const file = await open(join(folder, key), "r+");
	try {
		const { size } = await file.stat();
		const end = await endOfLastLine(file, size);
		if (end < size) await file.truncate(end);
		return end > 0;
	} finally {
		await file.close();
	}
}

async function endOfLastLine(file: FileHandle, size: number): Promise<number> {
	const block = Buffer.alloc(64 * 1024);
	for (let end = size; end > 0; ) {
		const start = Math.max(0, end - block.length);
		const { bytesRead } = await file.read(block, 0, end - start, start);
		const found = block.subarray(0, bytesRead).lastIndexOf(10);
		if (found >= 0) return start + found + 1;
		end = start;
	}
	return 0;
}

/** Copies or compresses a file into a new one, which is on disk afterwards. */
async function encode(source: string, target: string, gzip: boolean): Promise<void> {
	const input = createReadStream(source, { highWaterMark: 256 * 1024 });
	const output = createWriteStream(target, { flush: true });
	if (gzip) await pipeline(input, createGzip({ level: constants.Z_BEST_SPEED, chunkSize: 256 * 1024 }), output);
	else await pipeline(input, output);
}
