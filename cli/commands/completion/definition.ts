import { defineCommand } from "../../command.ts";
import { nameKinds } from "../../options.ts";
import { shells } from "../../ui/completion.ts";
import { oneOf } from "../shared/options.ts";

export const definition = defineCommand({
	name: "completion",
	local: true,
	stackless: true,
	summary: "Print a shell completion script",
	description: "It completes commands and options, and the names that a local stack has: tables, queries, jobs, runs.",
	arguments: [["[shell]", "bash, zsh or fish", shells]],
	options: [
		{
			flags: "--names <kind>",
			description: "print names of the local stack instead; the script calls this",
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
