import { delimiter, join } from "node:path";
import { type Definition, optionsOf, type Run } from "../../command.ts";
import { PipelineError } from "../../common/errors.ts";
import { exists } from "../../common/fs.ts";
import { type Completes, globalOptions, type OptionDefinition } from "../../options.ts";
import { completionScript, shells } from "../../ui/completion.ts";
import type { CompletionTable, Flag } from "../../ui/completionTable.ts";
import { programName } from "../../ui/typed.ts";
import type { definition } from "./definition.ts";
import { namesOf } from "./names.ts";

/** `completion`: the script by which a shell completes commands and options. */
export const run: Run<typeof definition> = async ({ args, options, commands, context, localHost }) => {
	if (options.names !== undefined) {
		const names = await namesOf(options.names, localHost);
		return { json: { names }, text: names.join("\n"), asIs: true };
	}
	const shell = shells.find((name) => name === args.shell);
	if (shell === undefined) {
		throw new PipelineError("usage", {
			what: args.shell === undefined ? "No shell was given." : `Completion for ${args.shell} is not available.`,
			fix: `Supported shells: ${shells.join(", ")}.`,
			next: "pipeline-cli completion bash",
		});
	}
	const script = completionScript(shell, tableOf(commands));
	if (!(await isCallable())) {
		const why = `${programName} is not on PATH, and shells complete only programs that are.`;
		context.reporter.warn(`${why} In the project: export PATH="$PWD/node_modules/.bin:$PATH"`);
	}
	return { json: { shell, script }, text: script, asIs: true };
};

/** Whether a shell finds the program by its name. npm adds folders of its own to the PATH of what it starts. */
async function isCallable(): Promise<boolean> {
	const byNpm = process.env.npm_command !== undefined && process.env.npm_command !== "";
	const folders = (process.env.PATH ?? "")
		.split(delimiter)
		.filter((folder) => folder !== "" && !(byNpm && folder.endsWith(join("node_modules", ".bin"))));
	const found = await Promise.all(folders.map((folder) => exists(join(folder, programName))));
	return found.includes(true);
}

/** Every command with its options, from the table that also makes `--help`. */
function tableOf(commands: readonly Definition[]): CompletionTable {
	return {
		commands: commands.map((command) => ({
			words: command.name.split(" "),
			summary: command.summary,
			flags: optionsOf(command).map(flagOf),
			...completedBy(command.arguments?.[0]?.[2]),
		})),
		flags: globalOptions.map(flagOf),
	};
}

function completedBy(completes: Completes | undefined): { completes?: Completes } {
	return completes === undefined ? {} : { completes };
}

function flagOf({ flags, description, completes }: OptionDefinition): Flag {
	const short = /^-\w\b/.exec(flags)?.[0];
	return {
		flag: /--[\w-]+/.exec(flags)?.[0] ?? flags,
		...(short === undefined ? {} : { short }),
		takesValue: flags.includes("<"),
		description,
		...completedBy(completes),
	};
}
