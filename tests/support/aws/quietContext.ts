import type { Context } from "../../../cli/engines/port.ts";

/** A context without progress that nobody aborts. */
export function quietContext(signal = new AbortController().signal): Context {
	return {
		signal,
		reporter: { task: (_, run) => run(() => undefined), note: () => undefined, warn: () => undefined },
	};
}
