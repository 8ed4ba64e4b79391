import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "../files.ts";
import { type Destination, errorKey, errorLine, objectKey } from "./objectName.ts";
import { publish, Segment } from "./segment.ts";
import { senderName } from "./sender.ts";

/** Limits of a buffer: whichever is reached first closes it. Firehose's: 1 MiB to 128 MiB, 0 s to 900 s. */
export interface BufferLimits {
	bytes: number;
	milliseconds: number;
}

/** The guide's: 1 MiB or 60 seconds. */
export const defaultLimits: BufferLimits = { bytes: 1024 * 1024, milliseconds: 60_000 };

/** Where buffers wait, and where their objects go. */
export interface DeliveryFolders {
	/** Write-ahead files, a folder a sender. On the raw zone's disk, since objects are moved. */
	spool: string;
	raw: string;
}

/** How many closed buffers may wait for their delivery before their sender has to. */
const publishing = 2;

/** What one buffer holds: a segment each for what is JSON and for what is not, and one time of arrival. */
interface OpenBuffer {
	arrival: Date;
	uuid: string;
	bytes: number;
	segments: Map<string, Segment>;
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
	#open: OpenBuffer | undefined;
	#waiting: Promise<void>[] = [];
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
		const buffer = new DeliveryBuffer(folders, destination, limits, await senderName());
		await makeFolder(buffer.#folder);
		return buffer;
	}

	/**
	 * Takes records, in their order; once it returns, they are on disk. To call it with many at a time shares the cost of
	 * that among them.
	 * @returns how many of them are no JSON, and are kept under the error prefix.
	 */
	async add(records: readonly string[]): Promise<{ malformed: number }> {
		try {
			return await this.#add(records);
		} catch (error) {
			this.#failed = true;
			throw error;
		}
	}

	/** Delivers all that is left. After a failure it leaves everything where it is. */
	async end(): Promise<void> {
		if (!this.#failed) await this.#close();
		for (const segment of this.#open?.segments.values() ?? []) await segment.close();
		await Promise.all(this.#waiting);
		if (!this.#failed) await rm(this.#folder, { recursive: true, force: true });
	}

	async #add(records: readonly string[]): Promise<{ malformed: number }> {
		let malformed = 0;
		let lines: string[] = [];
		let errors: string[] = [];
		const write = async (): Promise<void> => {
			const open = this.#buffer();
			if (lines.length > 0) await this.#append(open, objectKey, lines);
			if (errors.length > 0) await this.#append(open, errorKey, errors);
			lines = [];
			errors = [];
		};
		if (this.#isOld()) await this.#close();
		for (const record of records) {
			const reason = faultOf(record);
			const line = reason === undefined ? oneLine(record) : errorLine(record, reason, Date.now());
			const size = Buffer.byteLength(line) + 1;
			const open = this.#buffer();
			if (open.bytes > 0 && open.bytes + size > this.#limits.bytes) {
				await write();
				await this.#close();
			}
			this.#buffer().bytes += size;
			if (reason === undefined) lines.push(line);
			else {
				errors.push(line);
				malformed += 1;
			}
		}
		if (lines.length + errors.length > 0) await write();
		return { malformed };
	}

	#isOld(): boolean {
		return this.#open !== undefined && Date.now() - this.#open.arrival.getTime() >= this.#limits.milliseconds;
	}

	#buffer(): OpenBuffer {
		this.#open ??= { arrival: new Date(), uuid: randomUUID(), bytes: 0, segments: new Map() };
		return this.#open;
	}

	async #append(open: OpenBuffer, keyOf: typeof objectKey, lines: string[]): Promise<void> {
		const key = keyOf(this.#destination, open.arrival, open.uuid);
		let segment = open.segments.get(key);
		if (segment === undefined) {
			segment = await Segment.create(this.#folder, key);
			open.segments.set(key, segment);
		}
		await segment.append(`${lines.join("\n")}\n`);
	}

	/** Publishing goes on beside the next buffer; its failure comes with a later call. */
	async #close(): Promise<void> {
		if (this.#open === undefined) return;
		const { segments } = this.#open;
		this.#open = undefined;
		while (this.#waiting.length >= publishing) await this.#waiting.shift();
		const work = (async () => {
			for (const [key, segment] of segments) {
				await segment.close();
				await publish(this.#folder, key, this.#folders.raw);
			}
		})();
		// Whoever waits for it sees the failure; until then it is nobody's unhandled one.
		work.catch(() => {
			this.#failed = true;
		});
		this.#waiting.push(work);
	}
}

/** Why a record is no JSON; undefined where it is. */
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
