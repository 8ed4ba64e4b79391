import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "notebook",
	summary: "Open the definition's notebooks in JupyterLab",
	description:
		"Installs JupyterLab the first time. Opens notebooks/ beside pipeline.yaml; where there is none, a notebook that lists the tables. Queries of a notebook act on the stack. Ctrl-C ends it.",
	options: [{ flags: "--no-open", description: "do not open the browser" }],
	timeout: "500h",
	examples: [["Open it", "notebook"]],
});
