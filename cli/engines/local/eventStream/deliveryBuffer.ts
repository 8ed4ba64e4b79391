import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "../../../common/fs.ts";
import { type Destination, errorKey, errorLine, objectKey } from "./objectName.ts";
import { publish, Segment } from "./segment.ts";
import { senderName } from "./sender.ts";

/** Limits of a buffer: whichever is reached first closes it. Firehose's: 1 MiB to 128 MiB, 0 s to 900 s. */
export interface BufferLimits {
	bytes: number;
	milliseconds: number;
}

/** 1 MiB or 60 seconds, as on AWS. */
export const defaultLimits: BufferLimits = { bytes: 1024 * 1024, milliseconds: 60_000 };

/** Where buffers wait, and where their objects go. */
export interface DeliveryFolders {
	/** Write-ahead files, a folder a sender. On the raw zone's disk, since objects are moved. */
	spool: string;
	raw: string;
}

/** How many complete buffers may wait for their delivery before their sender has to. */
const publishing = 2;

/** What one buffer holds: a segment each for what is JSON and for what is not, and one time of arrival. */
interface Buffered {
	arrival: Date;
	/** The same moment by the clock that nobody sets back, for how long it has been open. */
	openedAt: number;
	uuid: string;
	bytes: number;
	segments: Map<string, Segment>;
	/** What was written, on its way to the disk. */
	syncs: Promise<void>[];
}

/** Lines for one buffer; with those of a complete one it ends. */
interface Part {
	buffer: Buffered;
	lines: string[];
	errors: string[];
	complete: boolean;
}

/**
 * One sender of a delivery stream, with Firehose's semantics: records are gathered up to a size or an age, and become
 * one object of newline-delimited JSON below the hour of the oldest. Accepted is what is on disk in a write-ahead file,
 * and no kill loses it or delivers it twice: what a dead sender left is delivered by `deliverLeftovers`.
 */
export class DeliveryBuffer {
	readonly #folders: DeliveryFolders;
	readonly #destination: Destination;
	readonly #limits: BufferLimits;
	readonly #folder: string;
	#open: Buffered | undefined;
	/** Writes follow one another, so that a kill leaves no record without those before it. */
	#written: Promise<void> = Promise.resolve();
	#publishing: Promise<void>[] = [];
	readonly #unclosed = new Set<Segment>();
	/** What was accepted then stays in the write-ahead files, for `deliverLeftovers` once this process has ended. */
	#failed = false;

	private constructor(folders: DeliveryFolders, destination: Destination, limits: BufferLimits, sender: string) {
		this.#folders = folders;
		this.#destination = destination;
		this.#limits = limits;
		this.#folder = join(folders.spool, sender);
	}

	static async create(
		folders: DeliveryFolders,
		destination: Destination,
		limits: BufferLimits = defaultLimits,
	): Promise<DeliveryBuffer> {
		const buffer = new DeliveryBuffer(folders, destination, limits, senderName());
		await makeFolder(buffer.#folder);
		return buffer;
	}

	/**
	 * Takes records, in their order; once it returns, they are on disk. That takes long for a few, and hardly longer for
	 * many: add them together, and the next ones while these are on their way.
	 * @returns how many of them are not JSON, and are kept under the error prefix.
	 */
	async add(records: readonly string[]): Promise<{ malformed: number }> {
		const parts = this.#divide(records);
		await this.#write(parts);
		return { malformed: parts.reduce((sum, { errors }) => sum + errors.length, 0) };
	}

	/** Delivers all that is left. After a failure it leaves everything where it is. */
	async end(): Promise<void> {
		const open = this.#open;
		this.#open = undefined;
		try {
			if (open !== undefined && !this.#failed) {
				await this.#write([{ buffer: open, lines: [], errors: [], complete: true }]);
			}
			await this.#written;
			await Promise.all(this.#publishing);
		} finally {
			await Promise.allSettled(this.#publishing);
			for (const segment of this.#unclosed) await segment.close();
		}
		if (!this.#failed) await rm(this.#folder, { recursive: true, force: true });
	}

	#divide(records: readonly string[]): Part[] {
		const parts: Part[] = [];
		let lines: string[] = [];
		let errors: string[] = [];
		const cut = (complete: boolean): void => {
			if (this.#open !== undefined) parts.push({ buffer: this.#open, lines, errors, complete });
			if (complete) this.#open = undefined;
			lines = [];
			errors = [];
		};
		if (this.#open !== undefined && performance.now() - this.#open.openedAt >= this.#limits.milliseconds) cut(true);
		for (const record of records) {
			const reason = faultOf(record);
			const line = reason === undefined ? oneLine(record) : errorLine(record, reason, Date.now());
			const size = Buffer.byteLength(line) + 1;
			if (this.#open !== undefined && this.#open.bytes + size > this.#limits.bytes) cut(true);
			this.#open ??= {
				arrival: new Date(),
				openedAt: performance.now(),
				uuid: randomUUID(),
				bytes: 0,
				segments: new Map(),
				syncs: [],
			};
			this.#open.bytes += size;
			(reason === undefined ? lines : errors).push(line);
		}
		cut(false);
		return parts;
	}

	/** Returns once all of it is on disk; later calls write while these wait for it. */
	async #write(parts: readonly Part[]): Promise<void> {
		const syncs: Promise<void>[] = [];
		const sync = async (part: Part, keyOf: typeof objectKey, lines: readonly string[]): Promise<void> => {
			if (lines.length === 0) return;
			const segment = await this.#segment(part.buffer, keyOf);
			await segment.write(`${lines.join("\n")}\n`);
			const synced = this.#watch(segment.sync());
			syncs.push(synced);
			part.buffer.syncs.push(synced);
		};
		this.#written = this.#watch(
			this.#written.then(async () => {
				for (const part of parts) {
					await sync(part, objectKey, part.lines);
					await sync(part, errorKey, part.errors);
					if (part.complete) await this.#publish(part.buffer);
				}
			}),
		);
		await this.#written;
		await Promise.all(syncs);
	}

	async #segment({ arrival, uuid, segments }: Buffered, keyOf: typeof objectKey): Promise<Segment> {
		const key = keyOf(this.#destination, arrival, uuid);
		const known = segments.get(key);
		if (known !== undefined) return known;
		const segment = await Segment.create(this.#folder, key);
		this.#unclosed.add(segment);
		segments.set(key, segment);
		return segment;
	}

	/** Publishing continues beside the next buffer; its failure comes with a later call. */
	async #publish({ segments, syncs }: Buffered): Promise<void> {
		while (this.#publishing.length >= publishing) await this.#publishing.shift();
		const work = async (): Promise<void> => {
			await Promise.all(syncs);
			for (const [key, segment] of segments) {
				this.#unclosed.delete(segment);
				await segment.close();
				await publish(this.#folder, key, this.#folders.raw);
			}
		};
		this.#publishing.push(this.#watch(work()));
	}

	/** Notes a failure. Whoever waits for the work sees it, too; until then it is nobody's unhandled one. */
	#watch(work: Promise<void>): Promise<void> {
		work.catch(() => {
			this.#failed = true;
		});
		return work;
	}
}

/** Why a record is not JSON; undefined where it is. */
function faultOf(record: string): string | undefined {
	try {
		JSON.parse(record);
		return undefined;
	} catch (error) {
		return (error as Error).message;
	}
}

/** Line ends can only be between the parts of a JSON text: in its strings they are escaped. */
function oneLine(record: string): string {
	return record.includes("\n") || record.includes("\r") ? record.replaceAll(/[\r\n]+/g, " ") : record;
}
