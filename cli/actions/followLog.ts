import { sleep } from "../common/poll.ts";
import type { Logs } from "../engines/port.ts";

/** Lines that are read at a look: what is written between two looks. */
const window = 2000;
/** Lines by which the place is found up to which was shown. */
const overlap = 20;

/**
 * Shows what a log gets from now on, until the signal aborts; that of a later run from its beginning.
 * @param known what of it was shown already.
 * @throws the signal's reason.
 */
export async function followLog(
	logs: Logs,
	part: string,
	known: { log: string; lines: readonly string[] },
	show: (lines: readonly string[]) => Promise<void>,
	{ everyMs, signal }: { everyMs: number; signal: AbortSignal },
): Promise<never> {
	let before = known;
	for (;;) {
		await sleep(everyMs, signal);
		const now = await logs.read(part, window);
		const added = now.log === before.log ? linesAfter(before.lines, now.lines) : now.lines;
		if (added.length > 0) await show(added);
		before = now;
	}
}

/** The lines of `now` that come after the last ones of `before`; all of them where these are not among them any more. */
export function linesAfter(before: readonly string[], now: readonly string[]): readonly string[] {
	const last = before.slice(-overlap);
	if (last.length === 0) return now;
	for (let end = now.length; end > 0; end -= 1) {
		const count = Math.min(last.length, end);
		const isPlace = last.slice(-count).every((line, at) => line === now[end - count + at]);
		// A window that begins within the known lines has fewer of them.
		if (isPlace && (count === last.length || now.length >= window)) return now.slice(end);
	}
	return now;
}
