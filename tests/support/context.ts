import type { Context } from "../../cli/engines/port.ts";

/** A context that notes what would be shown. */
export function testContext(signal: AbortSignal = new AbortController().signal): Context & { shown: string[] } {
	const shown: string[] = [];
	return {
		shown,
		signal,
		reporter: {
			async task(title, run) {
				shown.push(title);
				return run((detail) => shown.push(detail));
			},
			wait: (_, work) => work(),
			note: (text) => shown.push(text),
			warn: (text) => shown.push(`warning: ${text}`),
		},
	};
}
