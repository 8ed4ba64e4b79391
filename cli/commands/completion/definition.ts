import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "completion",
	summary: "Print the script by which a shell completes commands and options",
	arguments: [["<shell>", "bash, zsh or fish"]],
	examples: [
		["bash, for this session", "completion bash"],
		["fish, for ever", "completion fish > ~/.config/fish/completions/pipeline-cli.fish"],
	],
});
