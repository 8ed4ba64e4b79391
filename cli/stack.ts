import { access } from "node:fs/promises";
import { localPaths } from "./engines/local/paths.ts";
import type { Stack } from "./engines/port.ts";
import { PipelineError } from "./errors.ts";

/**
 * The stack that a command acts on: `--stack`, then PIPELINE_STACK, then `local` where one exists here.
 * @throws PipelineError naming what exists, never a question.
 */
export async function findStack(option: string | undefined): Promise<Stack> {
	const named = option ?? process.env.PIPELINE_STACK;
	const exists = await localExists();
	if ((named ?? "local") === "local" && exists) {
		const { LocalStack } = await import("./engines/local/stack.ts");
		return new LocalStack();
	}
	throw new PipelineError("noSuchStack", {
		what:
			named === undefined ? "No stack was named and there is no local one here." : `There is no stack ${named} here.`,
		why: `Stacks that exist: ${exists ? "local" : "none"}.`,
		fix: "Make the local stack, which needs no AWS account.",
		next: "pipeline-cli demo",
	});
}

async function localExists(): Promise<boolean> {
	try {
		await access(localPaths().settings);
		return true;
	} catch {
		return false;
	}
}
