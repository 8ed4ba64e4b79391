import { poll as pollAt } from "../../../common/poll.ts";

/** Short at first, since many things are quick, then as long as the APIs' rate limits like. */
const rhythm = { firstMs: 300, factor: 1.5, mostMs: 12_000, jitter: 1 / 3 };

/**
 * Asks a service again and again until there is an answer.
 * @param look returns undefined while there is none yet.
 * @throws the signal's reason once it is aborted.
 */
export function poll<T>(signal: AbortSignal, look: () => Promise<T | undefined>): Promise<T> {
	return pollAt({ ...rhythm, signal }, look);
}
