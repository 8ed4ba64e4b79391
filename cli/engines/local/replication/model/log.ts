import { appendFileSync, renameSync, statSync } from "node:fs";

/** A log file of bounded size: when full it becomes `.1`, the former `.1` becomes `.2`, and so on. */
export class RotatingLog {
	readonly #path: string;
	readonly #maxBytes: number;
	readonly #keep: number;

	/** @param keep how many full files are kept beside the current one. */
	constructor(path: string, maxBytes = 5 * 1024 * 1024, keep = 4) {
		this.#path = path;
		this.#maxBytes = maxBytes;
		this.#keep = keep;
	}

	debug(text: string): void {
		this.#write("DEBUG", text);
	}

	info(text: string): void {
		this.#write("INFO", text);
	}

	warn(text: string): void {
		this.#write("WARN", text);
	}

	error(text: string): void {
		this.#write("ERROR", text);
	}

	/** A log that cannot be written, for instance on a full disk, must not end what it reports on. */
	#write(level: string, text: string): void {
		try {
			this.#rotate();
			appendFileSync(this.#path, `${new Date().toISOString()} ${level} ${text}\n`);
		} catch {
			// Shown in the status as well.
		}
	}

	#rotate(): void {
		const size = statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
		if (size < this.#maxBytes) return;
		for (let number = this.#keep - 1; number >= 1; number -= 1)
			moveIfThere(`${this.#path}.${number}`, `${this.#path}.${number + 1}`);
		renameSync(this.#path, `${this.#path}.1`);
	}
}

function moveIfThere(from: string, to: string): void {
	if (statSync(from, { throwIfNoEntry: false }) !== undefined) renameSync(from, to);
}
