import { setMaxListeners } from "node:events";

/**
 * Works on all items together. The first failure aborts the others, and is thrown when all have ended: nothing continues behind the
 * caller's back.
 */
export async function together<T, R, C extends { signal: AbortSignal }>(
	items: readonly T[],
	context: C,
	work: (item: T, context: C) => Promise<R>,
): Promise<R[]> {
	const failure = new AbortController();
	const inner = { ...context, signal: AbortSignal.any([context.signal, failure.signal]) };
	// Every call in flight listens; Node would warn of a leak from the eleventh on.
	setMaxListeners(0, inner.signal);
	const ended = await Promise.allSettled(
		items.map(async (item) => {
			try {
				return await work(item, inner);
			} catch (error) {
				if (!failure.signal.aborted) failure.abort(error);
				throw error;
			}
		}),
	);
	failure.signal.throwIfAborted();
	return ended.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
}
