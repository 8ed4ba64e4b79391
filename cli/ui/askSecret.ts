import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { ask } from "./ask.ts";

/** Asks on the terminal (stderr) for text that is not shown while it is typed. */
export async function askSecret(question: string, signal: AbortSignal): Promise<string> {
	process.stderr.write(question);
	const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
	const terminal = createInterface({ input: process.stdin, output: silent, terminal: true });
	try {
		return await ask(terminal, "", signal);
	} finally {
		process.stderr.write("\n");
	}
}
