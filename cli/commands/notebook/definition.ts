import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "notebook",
	summary: "Open the notebooks of the definition in JupyterLab",
	description:
		"Installs JupyterLab the first time. Opens notebooks/ next to pipeline.yaml, or a notebook that lists the tables if there is none. The notebooks query the stack. Ctrl-C stops it.",
	options: [{ flags: "--no-open", description: "do not open the browser" }],
	timeout: "500h",
	json: {
		folder: "folder of the notebooks",
		file: "notebook that is opened, if there is only one",
	},
	examples: [["Open it", "notebook"]],
});
