import { defineCommand } from "../../command.ts";
import { nameKinds } from "../../options.ts";
import { shells } from "../../ui/completion.ts";
import { oneOf } from "../shared/options.ts";

export const definition = defineCommand({
	name: "completion",
	local: true,
	stackless: true,
	summary: "Print a shell completion script",
	description: "Completes commands, options, and the names in a local stack: tables, queries, jobs, runs.",
	arguments: [["[shell]", "bash, zsh or fish", shells]],
	options: [
		{
			flags: "--names <kind>",
			description: "print names of the local stack instead; used by the script",
			parse: oneOf(...nameKinds),
			completes: nameKinds,
		},
	],
	json: {
		shell: "name of the shell",
		script: "the script",
		names: "with --names: the names",
	},
	examples: [
		["For the current bash session: source <(…)", "completion bash"],
		["For all fish sessions", "completion fish > ~/.config/fish/completions/pipeline-cli.fish"],
	],
});
