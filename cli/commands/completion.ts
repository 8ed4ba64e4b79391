import type { Command } from "../command.ts";
import { PipelineError } from "../common/errors.ts";
import { globalFlags } from "../program.ts";
import { type CompletionTable, completionScript, type Flag, shells } from "../ui/completion.ts";
import { verbs } from "../verbs.ts";

/** `completion`: the script by which a shell completes verbs and options. */
export const completion: Command = async ({ args }) => {
	const shell = shells.find((name) => name === args[0]);
	if (shell === undefined) {
		throw new PipelineError("usage", {
			what: `There is no completion for ${args[0]}.`,
			fix: `The shells are ${shells.join(", ")}.`,
			next: "pipeline-cli completion bash",
		});
	}
	const script = completionScript(shell, table());
	return { json: { shell, script }, text: script };
};

/** Every verb with its options, from the table that also makes `--help`. */
function table(): CompletionTable {
	return {
		verbs: verbs.map(({ name, summary, options = [], plans }) => ({
			words: name.split(" "),
			summary,
			flags: [...options.map(({ flags, description }) => flagOf(flags, description)), ...planFlag(plans)],
		})),
		flags: globalFlags.map(([flags, description]) => flagOf(flags, description)),
	};
}

function planFlag(plans: true | undefined): Flag[] {
	return plans === true ? [flagOf("--dry-run", "list the AWS calls, change nothing")] : [];
}

/** @param flags in commander's syntax, for instance `-f, --file <path>`. */
function flagOf(flags: string, description: string): Flag {
	const short = /^-\w\b/.exec(flags)?.[0];
	return {
		flag: /--[\w-]+/.exec(flags)?.[0] ?? flags,
		...(short === undefined ? {} : { short }),
		takesValue: flags.includes("<"),
		description,
	};
}
