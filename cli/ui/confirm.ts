import { createInterface } from "node:readline/promises";
import { ask } from "./ask.ts";

/** Asks on the terminal (stderr, so that stdout keeps data only). Anything but y or yes means no. */
export async function confirm(question: string, signal: AbortSignal): Promise<boolean> {
	const terminal = createInterface({ input: process.stdin, output: process.stderr });
	const answer = await ask(terminal, `${question} [y/N] `, signal);
	return /^y(es)?$/i.test(answer.trim());
}
