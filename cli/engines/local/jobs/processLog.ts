import { createWriteStream, type WriteStream } from "node:fs";
import type { Readable } from "node:stream";

/** What a process that outlives a run says: in a file of each run that it works for. */
export class ProcessLog {
	readonly #source: Readable;
	#file: WriteStream | undefined;

	constructor(source: Readable) {
		this.#source = source;
	}

	/** Writes it into another file from here on. */
	to(path: string): void {
		this.rest();
		this.#file = createWriteStream(path);
		// A log that a full disk does not take must end neither us nor, for want of a reader, the process.
		this.#file.once("error", () => this.#source.resume());
		this.#source.pipe(this.#file);
	}

	/** Nobody reads it until the next file: what it says meanwhile comes into that. */
	rest(): void {
		if (this.#file === undefined) return;
		this.#source.unpipe(this.#file);
		this.#file.end();
		this.#file = undefined;
	}

	/** Reads it to its end, which is that of the process, too. */
	drain(): void {
		if (this.#file === undefined) this.#source.resume();
	}
}
