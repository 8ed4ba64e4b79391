import { basename, relative } from "node:path";
import { PipelineError } from "../../../common/errors.ts";
import { shellWord } from "../../../common/shellWord.ts";
import { serverOptions } from "../../mysql/sourceUrl.ts";
import type { ExternalServer } from "../../port.ts";
import { definitionPath, openDefinition, rememberedFolder, sampleDefinition } from "../../shared/definition.ts";
import { localStacks, usualStack } from "./paths.ts";
import type { LocalSettings } from "./settings.ts";

/** What a call asks of a stack that runs something else. */
export interface Asked {
	/** Folder of a definition; that of the stack where none is named. */
	pipeline?: string | undefined;
	/** A server of the user's own; the private one where there is none. */
	server?: ExternalServer | undefined;
	/** Of `--schema`. */
	schemas?: readonly string[] | undefined;
}

/** The command that starts what was asked for in a stack of its own, and leaves this one as it is. */
export async function commandBeside(
	{ pipeline, server, schemas }: Asked,
	current: LocalSettings | undefined,
): Promise<string> {
	const folder = pipeline === undefined ? (current?.pipeline ?? sampleDefinition) : rememberedFolder(pipeline);
	// A definition says itself what is replicated.
	const ofUrl = server?.schema === undefined || folder !== sampleDefinition ? [] : [server.schema];
	const words = [
		...["pipeline-cli", "up", "--stack", await freeStack(nameOf(folder))],
		// A new stack runs the sample shop where nothing else is said.
		...(folder === sampleDefinition ? [] : ["--pipeline", fromHere(folder)]),
		...(server === undefined ? [] : serverOptions(server)),
		...(schemas ?? ofUrl).flatMap((name) => ["--schema", name]),
	];
	return words.map(shellWord).join(" ");
}

/** The pipeline's name; that of its folder where the definition has a mistake, which is said when it is started. */
function nameOf(folder: string): string {
	try {
		return openDefinition(folder).pipeline.name;
	} catch (error) {
		if (!(error instanceof PipelineError)) throw error;
		return basename(definitionPath(folder));
	}
}

/** A name for one more local stack, made of a pipeline's: `local-shop`, or `local-shop-2` where that is taken. */
export async function freeStack(pipeline: string): Promise<string> {
	const taken = await localStacks();
	const word = pipeline.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
	const name = `${usualStack}-${word.replace(/^-/, "").slice(0, 36).replace(/-$/, "") || "own"}`;
	let free = name;
	for (let count = 2; taken.includes(free); count += 1) free = `${name}-${count}`;
	return free;
}

/** A definition's folder as a command names it: from where the user is. */
function fromHere(folder: string): string {
	const path = definitionPath(folder);
	const way = relative("", path);
	if (way === "") return ".";
	return way.startsWith("..") ? path : way;
}
