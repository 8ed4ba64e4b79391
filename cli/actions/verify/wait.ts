import { setTimeout as sleep } from "node:timers/promises";

/**
 * Asks again and again until there is an answer.
 * @param look returns undefined while there is none yet.
 * @throws the signal's reason once it is aborted.
 */
export async function waitFor<T>(
	signal: AbortSignal,
	look: () => Promise<T | undefined>,
	intervalMs = 200,
): Promise<T> {
	for (;;) {
		signal.throwIfAborted();
		const answer = await look();
		if (answer !== undefined) return answer;
		await sleep(intervalMs, undefined, { signal }).catch(() => signal.throwIfAborted());
	}
}
