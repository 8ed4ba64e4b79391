/** How often a worker may crash at one place before that counts as a failure. */
const mostErrors = 3;
/** Of crashes by a signal: one that is killed may have had nothing to do with it. */
const mostSignals = 5;
/** Who has worked for so long was not stopped by what stands at its place. */
const calmMs = 600_000;

/** Counts crashes at one position of the binlog, whatever the worker had come to before it crashed there. */
export class Crashes {
	#place = "";
	#errors = 0;
	#signals = 0;

	get times(): number {
		return this.#errors + this.#signals;
	}

	/**
	 * @param place where the next worker will begin again.
	 * @param code the exit code, or the signal's name.
	 * @param livedMs how long the worker lived.
	 * @returns whether that was the last one.
	 */
	add(place: string, code: number | string, livedMs: number): boolean {
		if (place !== this.#place || livedMs >= calmMs) {
			this.#errors = 0;
			this.#signals = 0;
		}
		this.#place = place;
		if (typeof code === "number") this.#errors += 1;
		else this.#signals += 1;
		return this.#errors >= mostErrors || this.#errors + this.#signals >= mostSignals;
	}
}

/** The error that ended a process, of what it wrote: its first line, before the stack; the last line where there is none. */
export function errorIn(stderr: string): string {
	const lines = stderr
		.split("\n")
		.map((line) => line.trim())
		.filter((line) => line !== "");
	return (
		lines.find((line) => /^(?:Uncaught )?(?:FATAL ERROR|[A-Za-z]*(?:Error|Exception))\b.*:/.test(line)) ??
		lines.at(-1) ??
		""
	);
}
