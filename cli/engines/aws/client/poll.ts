import { poll as pollAt } from "../../../common/poll.ts";
import type { Context } from "../../port.ts";

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

/** Milliseconds that stopping something at a service may take when its user leaves. */
const stopWithin = 1500;

/**
 * Asks for the end of what a service works on; where the user leaves, it is stopped, since it would go on costing.
 * @param what its name, with its kind.
 */
export async function pollOrStop<T>(
	{ signal, reporter }: Context,
	what: string,
	look: () => Promise<T | undefined>,
	stop: (options: { abortSignal: AbortSignal }) => Promise<unknown>,
): Promise<T> {
	try {
		return await poll(signal, look);
	} catch (error) {
		if (signal.aborted) {
			await stop({ abortSignal: AbortSignal.timeout(stopWithin) }).catch(() => {
				reporter.warn(`${what} could not be stopped. It will end by itself.`);
			});
		}
		throw error;
	}
}
