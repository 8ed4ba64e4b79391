import type { Verb } from "./program.ts";
import { answerVerbs } from "./verbs/answers.ts";
import { dataVerbs } from "./verbs/data.ts";
import { localVerbs } from "./verbs/local.ts";
import { proofVerbs } from "./verbs/proof.ts";

/** The verbs, in the order of `--help`. Their functions are imported when they are called. */
export const verbs: readonly Verb[] = [
	...localVerbs,
	...dataVerbs,
	...answerVerbs,
	...proofVerbs,
	{
		name: "completion",
		summary: "Print the script by which a shell completes commands and options",
		arguments: [["<shell>", "bash, zsh or fish"]],
		examples: [
			["bash, for this session", "completion bash"],
			["fish, for ever", "completion fish > ~/.config/fish/completions/pipeline-cli.fish"],
		],
		load: async () => (await import("./commands/completion.ts")).completion,
	},
];
