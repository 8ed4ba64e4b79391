import { setTimeout as timer } from "node:timers/promises";

/** How long to wait between one try and the next. */
export interface Rhythm {
	/** Milliseconds after the first try. */
	firstMs: number;
	/** By how much each wait is longer than the one before it. Default: all are the same. */
	factor?: number;
	/** The longest wait. */
	mostMs?: number;
	/** By which part a wait is shorter at random, so that several clients do not come all at the same time: 0 to 1. Default: 0. */
	jitter?: number;
}

export interface PollOptions extends Rhythm {
	signal?: AbortSignal;
	/** How long to look at the most. Default: for ever. */
	timeoutMs?: number;
}

/** There was no answer within the time. */
export class PollTimeout extends Error {
	constructor(timeoutMs: number) {
		super(`nothing arrived within ${timeoutMs / 1000} seconds`);
		this.name = "PollTimeout";
	}
}

/**
 * Looks again and again until there is an answer; the last time when the time is up.
 * @param look returns undefined while there is none yet.
 * @throws the signal's reason once it is aborted; PollTimeout.
 */
export async function poll<T>(options: PollOptions, look: () => Promise<T | undefined>): Promise<T> {
	const { signal, timeoutMs = Number.POSITIVE_INFINITY } = options;
	const end = performance.now() + timeoutMs;
	let isLast = false;
	for (let tries = 1; ; tries += 1) {
		signal?.throwIfAborted();
		const answer = await look();
		if (answer !== undefined) return answer;
		if (isLast) throw new PollTimeout(timeoutMs);
		const wait = delayMs(options, tries);
		const left = Math.max(0, end - performance.now());
		isLast = wait >= left;
		await sleep(Math.min(wait, left), signal);
	}
}

/** @param tries how many there were: at least 1. */
export function delayMs(
	{ firstMs, factor = 1, mostMs = Number.POSITIVE_INFINITY, jitter = 0 }: Rhythm,
	tries: number,
): number {
	return Math.min(mostMs, firstMs * factor ** (tries - 1)) * (1 - jitter * Math.random());
}

/** @throws the signal's reason as soon as it is aborted. */
export async function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
	await pause(milliseconds, signal);
	signal?.throwIfAborted();
}

/** Sleeps, and returns early where the signal is aborted. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
	// It rejects for no other reason.
	await timer(milliseconds, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}
