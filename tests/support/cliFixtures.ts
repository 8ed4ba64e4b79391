import { join } from "node:path";
import { localPaths } from "../../cli/engines/local/shared/paths.ts";
import { CliStack } from "./cli.ts";
import { endPrivateSource } from "./privateSource.ts";
import { test as base } from "./serverFixtures.ts";

type OnCleanup = (end: () => Promise<void>) => void;

async function newStack(folder: string, onCleanup: OnCleanup): Promise<CliStack> {
	const stack = await CliStack.create(join(folder, ".pipeline"));
	onCleanup(() => stack.end());
	return stack;
}

function newHome(folder: string, onCleanup: OnCleanup): ReturnType<typeof localPaths> {
	const paths = localPaths(join(folder, ".pipeline"));
	onCleanup(() => endPrivateSource(paths));
	return paths;
}

/** Local stacks of a test's own, or of a file's. What they run ends before their folders go. */
export const test = base
	/** Driven by the command line, as a user does. */
	.extend("stack", ({ folder }, { onCleanup }) => newStack(folder, onCleanup))
	.extend("fileStack", { scope: "file" }, ({ fileFolder }, { onCleanup }) => newStack(fileFolder, onCleanup))
	/** Where a stack may lie, with a private source. */
	.extend("paths", ({ folder }, { onCleanup }) => newHome(folder, onCleanup))
	.extend("filePaths", { scope: "file" }, ({ fileFolder }, { onCleanup }) => newHome(fileFolder, onCleanup));

export const it = test;
