import { Chalk } from "chalk";
import { exitCodes, messageOf, PipelineError } from "../common/errors.ts";
import { indented } from "./problem.ts";

/** An error for a person: what, why, how to fix, what to run next. A stack trace only with PIPELINE_DEBUG. */
export function errorText(error: unknown, color: boolean): string {
	const paint = new Chalk({ level: color ? 2 : 0 });
	const lines: string[] = [];
	if (error instanceof PipelineError) {
		const { what, why, fix, next } = error.text;
		lines.push(`${paint.red("error:")} ${what}`);
		if (why !== undefined) lines.push(`  why:  ${indented(why)}`);
		if (fix !== undefined) lines.push(`  fix:  ${indented(fix)}`);
		if (next !== undefined) lines.push(`  next: ${paint.bold(next)}`);
	} else {
		lines.push(`${paint.red("error:")} ${messageOf(error)}`);
		lines.push("  This is a bug of pipeline-cli. Please report it with what PIPELINE_DEBUG=1 shows.");
	}
	if (process.env.PIPELINE_DEBUG && error instanceof Error && error.stack !== undefined) lines.push(error.stack);
	return `${lines.join("\n")}\n`;
}

/** The document that `--json` prints for an error. */
export function errorJson(error: unknown): object {
	if (error instanceof PipelineError) {
		return { error: { outcome: error.outcome, exitCode: exitCodes[error.outcome], ...error.text } };
	}
	return { error: { outcome: "failure", exitCode: exitCodes.failure, what: messageOf(error) } };
}
