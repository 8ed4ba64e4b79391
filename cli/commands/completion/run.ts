import { type Definition, optionsOf, type Run } from "../../command.ts";
import { PipelineError } from "../../common/errors.ts";
import { globalOptions, type OptionDefinition } from "../../options.ts";
import { type CompletionTable, completionScript, type Flag, shells } from "../../ui/completion.ts";
import type { definition } from "./definition.ts";

/** `completion`: the script by which a shell completes commands and options. */
export const run: Run<typeof definition> = async ({ args, commands }) => {
	const shell = shells.find((name) => name === args.shell);
	if (shell === undefined) {
		throw new PipelineError("usage", {
			what: `There is no completion for ${args.shell}.`,
			fix: `The shells are ${shells.join(", ")}.`,
			next: "pipeline-cli completion bash",
		});
	}
	const script = completionScript(shell, tableOf(commands));
	return { json: { shell, script }, text: script };
};

/** Every command with its options, from the table that also makes `--help`. */
function tableOf(commands: readonly Definition[]): CompletionTable {
	return {
		commands: commands.map((command) => ({
			words: command.name.split(" "),
			summary: command.summary,
			flags: optionsOf(command).map(flagOf),
		})),
		flags: globalOptions.map(flagOf),
	};
}

function flagOf({ flags, description }: OptionDefinition): Flag {
	const short = /^-\w\b/.exec(flags)?.[0];
	return {
		flag: /--[\w-]+/.exec(flags)?.[0] ?? flags,
		...(short === undefined ? {} : { short }),
		takesValue: flags.includes("<"),
		description,
	};
}
