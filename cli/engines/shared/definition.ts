import { existsSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { DefinitionError } from "../../../etl/contract/pipeline/mistakes.ts";
import { type Definition, readDefinition } from "../../../etl/definition/definition.ts";
import { PipelineError } from "../../common/errors.ts";
import { projectRoot, toolRoot } from "../../common/projectRoot.ts";

/** The definition of a stack that names none: the sample shop. */
export const sampleDefinition = "pipelines/shop";

/**
 * Reads a definition as it is now.
 * @param folder as a stack remembers it.
 * @throws PipelineError with every mistake, each with its line and its fix.
 */
export function openDefinition(folder: string): Definition {
	return orRefused(() => readDefinition(definitionPath(folder), join(toolRoot, "etl")));
}

/** Absolute path of a definition's folder. The sample shop comes with this program, and a project may have one in its place. */
export function definitionPath(folder: string): string {
	const path = resolve(projectRoot, folder);
	return folder === sampleDefinition && !existsSync(path) ? join(toolRoot, folder) : path;
}

/** @throws PipelineError with every mistake, where reading found some. */
export function orRefused<T>(read: () => T): T {
	try {
		return read();
	} catch (error) {
		if (!(error instanceof DefinitionError)) throw error;
		const count = error.mistakes.length;
		throw new PipelineError(
			"usage",
			{
				what: `${error.file} has ${count === 1 ? "a mistake" : `${count} mistakes`}, so the command did nothing.`,
				why: error.message,
				fix: count === 1 ? "Correct it." : "Correct them.",
			},
			{ cause: error },
		);
	}
}

/** How a stack remembers a definition: from the project's root where it is within, so that the project can be moved. */
export function rememberedFolder(folder: string): string {
	const way = relative(projectRoot, resolve(folder));
	return way.startsWith("..") ? resolve(folder) : way.split(sep).join("/");
}
