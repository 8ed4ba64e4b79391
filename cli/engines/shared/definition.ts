import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { DefinitionError } from "../../../etl/contract/pipeline/mistakes.ts";
import { type Definition, readDefinition } from "../../../etl/definition/definition.ts";
import { didYouMean } from "../../common/didYouMean.ts";
import { PipelineError } from "../../common/errors.ts";
import { projectRoot, toolRoot } from "../../common/projectRoot.ts";
import { shellWord } from "../../common/shellWord.ts";

/** The definition of a stack that names none: the sample shop. */
export const sampleDefinition = "pipelines/shop";

/**
 * Reads a definition as it is now.
 * @param folder as a stack remembers it.
 * @throws PipelineError with every mistake, each with its line and its fix.
 */
export function openDefinition(folder: string): Definition {
	const path = definitionPath(folder);
	if (!existsSync(join(path, "pipeline.yaml"))) throw noDefinition(folder, path);
	return orRefused(() => readDefinition(path, join(toolRoot, "etl")));
}

/** A folder without a definition, with those beside it that have one. */
function noDefinition(folder: string, path: string): PipelineError {
	const beside = dirname(path);
	const names = existsSync(beside) ? readdirSync(beside) : [];
	const others = names.filter((name) => existsSync(join(beside, name, "pipeline.yaml")));
	return new PipelineError("usage", {
		what: `${folder} does not contain a definition: it has no pipeline.yaml.`,
		...(others.length > 0 && { why: `Folders beside it that have one: ${others.join(", ")}.` }),
		fix: didYouMean(basename(path), others, "Choose a folder with a pipeline.yaml, or create one with init."),
		next: `pipeline-cli init ${shellWord(folder)} --source-url mysql://user@host:3306`,
	});
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
