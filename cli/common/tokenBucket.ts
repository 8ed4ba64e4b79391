import { pause } from "./poll.ts";

/**
 * Holds a sender to a rate: up to any moment, no more tokens were given than the rate allows since the start. It begins
 * empty, and what is not used gathers only up to the burst.
 */
export class TokenBucket {
	readonly #rate: number;
	readonly #burst: number;
	#tokens = 0;
	#filledAt = performance.now();

	/**
	 * @param rate tokens a second.
	 * @param burst most tokens that can be taken at one time.
	 */
	constructor(rate: number, burst: number) {
		this.#rate = rate;
		this.#burst = burst;
	}

	/**
	 * Waits for so many tokens, at most the burst.
	 * @returns false where the signal aborted before they were there.
	 */
	async take(count: number, signal: AbortSignal): Promise<boolean> {
		for (;;) {
			if (signal.aborted) return false;
			const now = performance.now();
			this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#filledAt) / 1000) * this.#rate);
			this.#filledAt = now;
			if (this.#tokens >= count) {
				this.#tokens -= count;
				return true;
			}
			const milliseconds = ((count - this.#tokens) / this.#rate) * 1000;
			await pause(Math.max(1, milliseconds), signal);
		}
	}
}
