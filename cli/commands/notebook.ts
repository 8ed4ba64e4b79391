import { notebookFile, runNotebook } from "../actions/notebook.ts";
import type { Command } from "../command.ts";
import { ensureNotebook } from "../engines/local/setup/notebook.ts";
import { localPaths } from "../engines/local/shared/paths.ts";

/** `notebook`: the analysts' notebook in JupyterLab, which is installed the first time. */
export const notebook: Command = async ({ options, stack, context, interactive }) => {
	const found = await stack();
	const python = await ensureNotebook(context, localPaths());
	await runNotebook(python, found, { open: options.open !== false && interactive }, context);
	return { json: { notebook: notebookFile }, text: "" };
};
