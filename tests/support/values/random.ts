/** Random numbers from a seed, so that a failing run can be repeated. */
export class Random {
	#state: number;

	constructor(seed: number) {
		this.#state = seed >>> 0;
	}

	/** At least 0, less than 1: mulberry32. */
	fraction(): number {
		this.#state = (this.#state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	}

	/** An integer of a range, its ends included. */
	integer(from: number, to: number): number {
		return Math.floor(from + this.fraction() * (to - from + 1));
	}

	pick<T>(values: readonly [T, ...T[]]): T {
		return values[this.integer(0, values.length - 1)] ?? values[0];
	}

	digits(count: number): string {
		return Array.from({ length: count }, () => this.integer(0, 9)).join("");
	}

	/** Bytes of which many are at the ends. */
	bytes(least: number, most: number, lowest = 0): Buffer {
		return Buffer.from(
			Array.from({ length: this.integer(least, most) }, () => this.pick([lowest, 255, this.integer(lowest, 255)])),
		);
	}
}
