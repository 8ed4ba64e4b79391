import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { errorCode, messageOf, PipelineError } from "./errors.ts";
import { shellWord } from "./shellWord.ts";

/**
 * Asked before the work whose result a file is to have.
 * @throws PipelineError (usage) where its folder is not there, or where a folder has its name.
 */
export async function requirePlaceFor(file: string): Promise<void> {
	const folder = dirname(resolve(file));
	const found = await stat(folder).catch((error: unknown) => {
		if (errorCode(error) === "ENOENT") return undefined;
		throw unwritable(file, error);
	});
	if (found === undefined) {
		throw new PipelineError("usage", {
			what: `${file} cannot be written.`,
			why: `The folder ${folder} does not exist.`,
			fix: "Create it, or choose a file in another folder.",
			next: `mkdir -p ${shellWord(folder)}`,
		});
	}
	const isFolder = found.isDirectory() ? await isThereAsFolder(file) : undefined;
	if (isFolder === false) return;
	throw new PipelineError("usage", {
		what: `${file} cannot be written.`,
		why: isFolder ? "It is a folder." : `${folder} is not a folder.`,
		fix: "Choose another file.",
	});
}

async function isThereAsFolder(file: string): Promise<boolean> {
	return stat(file).then(
		(found) => found.isDirectory(),
		() => false,
	);
}

/** Why a file with a result was not written. */
export function unwritable(file: string, error: unknown): PipelineError {
	return new PipelineError(
		"failure",
		{
			what: `${file} cannot be written.`,
			why: messageOf(error),
			fix: "Choose a file in a folder that you may write to, then repeat the command.",
		},
		{ cause: error },
	);
}
