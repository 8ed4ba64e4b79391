import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "completion",
	local: true,
	stackless: true,
	summary: "Print a shell completion script",
	arguments: [["<shell>", "bash, zsh or fish"]],
	json: {
		shell: "name of the shell",
		script: "the script",
	},
	examples: [
		["For the current bash session: source <(…)", "completion bash"],
		["For all fish sessions", "completion fish > ~/.config/fish/completions/pipeline-cli.fish"],
	],
});
