import { notebookFile, runNotebook } from "../../actions/notebook.ts";
import type { Run } from "../../command.ts";
import type { definition } from "./definition.ts";

/** `notebook`: the analysts' notebook in JupyterLab, which is installed the first time. */
export const run: Run<typeof definition> = async ({ options, stack, localHost, context, interactive }) => {
	const found = await stack();
	const python = await (await localHost()).setupNotebook(context);
	await runNotebook(python, found, { open: options.open && interactive }, context);
	return { json: { notebook: notebookFile }, text: "" };
};
