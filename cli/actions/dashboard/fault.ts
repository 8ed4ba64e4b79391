import { messageOf, PipelineError } from "../../common/errors.ts";
import type { Fault, Part } from "../../dashboard/data.ts";
import type { Context } from "../../engines/port.ts";

/** Why something is not there, in one line. */
export function faultOf(error: unknown): Fault {
	if (!(error instanceof PipelineError)) return { why: firstLine(messageOf(error)) };
	const { what, why, next } = error.text;
	const line = [what, why].flatMap((text) => (text === undefined ? [] : [firstLine(text)])).join(" ");
	return { why: line, ...(next !== undefined && { next }) };
}

function firstLine(text: string): string {
	return text.trim().split("\n")[0]?.trim() ?? "";
}

export async function part<T>(context: Context, compute: () => Promise<T>): Promise<Part<T>> {
	try {
		return { ok: true, value: await compute() };
	} catch (error) {
		context.signal.throwIfAborted();
		return { ok: false, ...faultOf(error) };
	}
}
