import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "notebook",
	summary: "Open the analysts' notebook in JupyterLab",
	description: "Installs JupyterLab the first time. The notebook's queries act on the stack. Ctrl-C ends it.",
	options: [{ flags: "--no-open", description: "do not open the browser" }],
	timeout: "500h",
	examples: [["Open it", "notebook"]],
});
