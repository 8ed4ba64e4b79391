import { setTimeout as sleep } from "node:timers/promises";

/** Seconds between looks: short at first, since many things are quick, then as long as the APIs' rate limits like. */
const first = 0.25;
const longest = 10;

/**
 * Asks again and again until there is an answer.
 * @param look returns undefined while there is none yet.
 * @throws the signal's reason once it is aborted.
 */
export async function poll<T>(signal: AbortSignal, look: () => Promise<T | undefined>): Promise<T> {
	for (let wait = first; ; wait = Math.min(wait * 1.5, longest)) {
		signal.throwIfAborted();
		const answer = await look();
		if (answer !== undefined) return answer;
		// Jitter, so that several users do not ask in step.
		const milliseconds = wait * 1000 * (0.8 + 0.4 * Math.random());
		await sleep(milliseconds, undefined, { signal }).catch(() => signal.throwIfAborted());
	}
}
