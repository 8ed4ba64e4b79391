import { notebooksOf, runNotebook } from "../../actions/notebook.ts";
import type { Run } from "../../command.ts";
import type { definition } from "./definition.ts";

/** `notebook`: the definition's notebooks in JupyterLab, which is installed the first time. */
export const run: Run<typeof definition> = async ({ options, stack, localHost, context, interactive }) => {
	const found = await stack();
	const notebooks = await notebooksOf(await found.definition());
	// Its Python is on this machine, whichever stack it asks.
	const host = await (found.engine === "local" ? localHost(found.name) : localHost("local"));
	const python = await host.setupNotebook(context);
	await runNotebook(python, found, notebooks, { open: options.open && interactive }, context);
	return { json: notebooks, text: "" };
};
