import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "completion",
	local: true,
	summary: "Print the script by which a shell completes commands and options",
	arguments: [["<shell>", "bash, zsh or fish"]],
	examples: [
		["bash, for this session: source <(…)", "completion bash"],
		["fish, for every session", "completion fish > ~/.config/fish/completions/pipeline-cli.fish"],
	],
});
