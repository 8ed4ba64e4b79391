/** A small generator of random numbers (mulberry32): the same seed gives the same numbers on every machine. */
export class Random {
	#state: number;

	constructor(seed: number) {
		this.#state = seed >>> 0;
	}

	/** @returns a generator of its own for one part of the data, so that a change in one part leaves the others alone. */
	static of(seed: number, part: string): Random {
		// FNV-1a
		let hash = 0x811c9dc5;
		for (const character of `${seed}/${part}`) {
			hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
		}
		return new Random(hash);
	}

	/** @returns a number from 0 up to, without, 1. */
	next(): number {
		this.#state = (this.#state + 0x6d2b79f5) >>> 0;
		let mixed = this.#state;
		mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	}

	/** @returns a whole number from `min` to `max`, both included. */
	int(min: number, max: number): number {
		return min + Math.floor(this.next() * (max - min + 1));
	}

	chance(probability: number): boolean {
		return this.next() < probability;
	}

	pick<T>(values: readonly T[]): T {
		const value = values[this.int(0, values.length - 1)];
		if (value === undefined) throw new Error("there is nothing to pick from");
		return value;
	}

	/** @returns different values, in random order; all of them where fewer are there than asked for. */
	sample<T>(values: readonly T[], count: number): T[] {
		const wanted = Math.min(count, values.length);
		const places = new Set<number>();
		while (places.size < wanted) places.add(this.int(0, values.length - 1));
		return [...places].flatMap((place) => values.slice(place, place + 1));
	}

	/** @param weights how often each value comes, against the others. */
	weighted<T>(values: readonly T[], weights: readonly number[]): T {
		let left = this.next() * weights.reduce((sum, weight) => sum + weight, 0);
		for (const [index, value] of values.entries()) {
			left -= weights[index] ?? 0;
			if (left < 0) return value;
		}
		return this.pick(values);
	}

	/** @returns lower-case hexadecimal digits. */
	hex(length: number): string {
		let text = "";
		while (text.length < length) text += this.int(0, 15).toString(16);
		return text;
	}
}
