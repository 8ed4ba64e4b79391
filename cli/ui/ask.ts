import type { Interface } from "node:readline/promises";
import { cancelled } from "../common/errors.ts";

/**
 * Asks one question and closes the terminal.
 * @throws PipelineError where Ctrl-C or Ctrl-D is the answer: both reach the question instead of the process.
 */
export async function ask(terminal: Interface, question: string, signal: AbortSignal): Promise<string> {
	const closed = new Promise<never>((_, reject) => {
		terminal.once("close", () => reject(cancelled("Nothing was entered.")));
	});
	try {
		return await Promise.race([closed, terminal.question(question, { signal })]);
	} catch (error) {
		signal.throwIfAborted();
		throw error;
	} finally {
		terminal.close();
	}
}
