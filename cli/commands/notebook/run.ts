import { notebooksOf, runNotebook } from "../../actions/notebook.ts";
import type { Run } from "../../command.ts";
import type { definition } from "./definition.ts";

/** `notebook`: the definition's notebooks in JupyterLab, which is installed the first time. */
export const run: Run<typeof definition> = async ({ options, stack, localHost, context, interactive }) => {
	const found = await stack();
	const notebooks = await notebooksOf(await found.definition());
	const python = await (await localHost()).setupNotebook(context);
	await runNotebook(python, found, notebooks, { open: options.open && interactive }, context);
	return { json: notebooks, text: "" };
};
