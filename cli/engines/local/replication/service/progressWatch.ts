/** Looks in the time that nothing may move. */
const looks = 10;

/**
 * Notices that nothing moves any more: a write to a disk that never ends, a promise that nobody keeps. What waits for the source has
 * limits of its own, which are shorter.
 */
export class ProgressWatch {
	#moved = "it was started";
	/** Does not go on while the machine sleeps. */
	#since = performance.now();
	readonly #timer: NodeJS.Timeout;

	/**
	 * @param stallMs longer than any step may take.
	 * @param onStall called once, with the reason; what hangs cannot be ended, so that the process must.
	 */
	constructor(stallMs: number, onStall: (why: string) => void) {
		this.#timer = setInterval(() => {
			if (performance.now() - this.#since < stallMs) return;
			this.close();
			onStall(`nothing has moved for ${stallMs / 1000} seconds, since ${this.#moved}`);
		}, stallMs / looks);
		this.#timer.unref();
	}

	/** Something has moved. @param moved what, as an answer to "since when". */
	note(moved: string): void {
		this.#moved = moved;
		this.#since = performance.now();
	}

	close(): void {
		clearInterval(this.#timer);
	}
}
