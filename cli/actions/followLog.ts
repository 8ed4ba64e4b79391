import { sleep } from "../common/poll.ts";
import type { Logs } from "../engines/port.ts";

/** Lines that are read at a look, the first one too: what is written between two looks must fit. */
export const followWindow = 2000;

/**
 * Shows what a log gets from now on, until the signal aborts; that of a later run from its beginning.
 * @param known what was read of it before, a window or more.
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
		const now = await logs.read(part, followWindow);
		const added = now.log === before.log ? linesAfter(before.lines, now.lines) : now.lines;
		if (added.length > 0) await show(added);
		before = now;
	}
}

/**
 * The lines of `now` that come after those of `before`, of which it begins with as many as still fit into it: all where it has
 * none of them any more. A line that was half written comes once more, whole.
 */
export function linesAfter(before: readonly string[], now: readonly string[]): readonly string[] {
	const last = before.length - 1;
	for (let at = Math.max(0, before.length - now.length); at <= last; at += 1) {
		const isPlace = now.slice(0, last - at).every((line, index) => line === before[at + index]);
		const [known = "", found = ""] = [before[last], now[last - at]];
		if (!isPlace) continue;
		if (known === found) return now.slice(before.length - at);
		if (known !== "" && found.startsWith(known)) return now.slice(last - at);
	}
	return now;
}
