import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { cancelled } from "../errors.ts";

/** Asks on the terminal (stderr) for text that is not shown while it is typed. */
export async function askSecret(question: string, signal: AbortSignal): Promise<string> {
	process.stderr.write(question);
	const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
	const terminal = createInterface({ input: process.stdin, output: silent, terminal: true });
	try {
		return await terminal.question("", { signal });
	} catch (error) {
		signal.throwIfAborted();
		// Ctrl-C reaches the question instead of the process.
		throw error instanceof Error && error.name === "AbortError" ? cancelled("Nothing was entered.") : error;
	} finally {
		terminal.close();
		process.stderr.write("\n");
	}
}
