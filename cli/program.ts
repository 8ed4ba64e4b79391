import { Argument, Command as Commander, Help, Option } from "commander";
import type { Command } from "./command.ts";
import { verbs } from "./verbs.ts";

/** One verb: all that `--help` shows, and where its function is. */
export interface Verb {
	/** Path of names, for instance `source up`. */
	name: string;
	summary: string;
	/** Sentences after the summary, for `--help` of the verb. */
	description?: string;
	/** Commander's argument syntax: `<required>`, `[optional]`, `[many...]`, each with its description. */
	arguments?: readonly (readonly [syntax: string, description: string])[];
	options?: readonly VerbOption[];
	/** Whether it acts on a stack that may be on AWS, and so can list its calls: `--dry-run`. */
	plans?: true;
	/** How long it may take where `--timeout` is not given, if not `usualTimeout`. */
	timeout?: string;
	/** What each does, and the command without `pipeline-cli`. */
	examples: readonly (readonly [purpose: string, command: string])[];
	load: () => Promise<Command>;
}

export interface VerbOption {
	/** Commander's flag syntax. */
	flags: string;
	description: string;
	/** Checks and converts the text; throws a sentence. */
	parse?: (text: string, previous: unknown) => unknown;
	default?: unknown;
}

/** Called with a verb and what the user typed for it. */
export type Dispatch = (verb: Verb, args: (string | undefined)[], options: Record<string, unknown>) => Promise<void>;

const groups: Record<string, string> = {
	source: "The MySQL source of the local stack",
	replication: "Full load and change data capture into the raw zone",
	clicks: "Clickstream records",
	warehouse: "The analysts' database over the lake",
};

/** How long a verb may take that names no time of its own. */
export const usualTimeout = "30m";

/** Options of every verb. */
export const globalFlags: readonly (readonly [flags: string, description: string])[] = [
	["--stack <name>", "stack to act on (also PIPELINE_STACK)"],
	["--outputs <file>", "outputs of a stack on AWS, in the place of the Pulumi CLI"],
	["--profile <name>", "profile of the AWS configuration (also AWS_PROFILE)"],
	["--region <name>", "AWS region (default: the stack's)"],
	["--json", "one JSON document on stdout"],
	["-q, --quiet", "no progress, warnings only"],
	["--no-color", "no colours (also NO_COLOR)"],
	["--timeout <duration>", "give up after this long, for instance 90s"],
];

/** The command line: parses, and hands over to `dispatch`. Holds no logic and loads no command. */
export function buildProgram(version: string, dispatch: Dispatch): Commander {
	const program = new Commander("pipeline-cli")
		.description(
			"Drives the analytics pipeline: replication, jobs, catalog, queries, and the proof that changes arrive.",
		)
		.version(version, "-V, --version", "print the version")
		.helpOption("-h, --help", "show help")
		.helpCommand("help [command]", "show help of a command")
		.addHelpText("before", firstHelp)
		.addHelpText("after", lastHelp)
		.showSuggestionAfterError(true)
		.configureHelp({ showGlobalOptions: true });
	for (const [flags, description] of globalFlags) program.addOption(new Option(flags, description));
	const parents = new Map<string, Commander>();
	for (const verb of verbs) {
		const names = verb.name.split(" ");
		const leaf = names.at(-1) ?? verb.name;
		const parentName = names.slice(0, -1).join(" ");
		let parent = program;
		if (parentName !== "") {
			parent = parents.get(parentName) ?? addGroup(program, parentName);
			parents.set(parentName, parent);
		}
		parents.set(verb.name, addVerb(parent, leaf, verb, dispatch));
	}
	return program;
}

const firstHelp = `Start here:
  pipeline-cli demo                 the whole pipeline on this machine, in a minute
  pipeline-cli status               what runs, what lies in the lake
  pipeline-cli query --list         the questions it can answer
`;

const lastHelp = `
Exit codes: 0 ok, 1 failure, 2 usage or configuration, 3 credentials, 4 refused by a service, 6 no such stack,
8 cancelled, 9 timeout, 10 data differ, 11 data quality, 130 left at once by a second Ctrl-C.`;

function addGroup(program: Commander, name: string): Commander {
	return inherit(program.command(name).description(groups[name] ?? name), program);
}

function addVerb(parent: Commander, leaf: string, verb: Verb, dispatch: Dispatch): Commander {
	const command = inherit(parent.command(leaf).summary(verb.summary), parent);
	command.description(verb.description === undefined ? `${verb.summary}.` : `${verb.summary}. ${verb.description}`);
	for (const [syntax, description] of verb.arguments ?? []) command.addArgument(new Argument(syntax, description));
	for (const option of verb.options ?? []) {
		const added = new Option(option.flags, option.description);
		if (option.parse !== undefined) added.argParser(option.parse);
		if (option.default !== undefined) added.default(option.default);
		command.addOption(added);
	}
	const usual = new Help();
	command.configureHelp({
		showGlobalOptions: true,
		optionDescription: (option) =>
			option.long === "--timeout"
				? `${option.description} (default: ${verb.timeout ?? usualTimeout})`
				: usual.optionDescription(option),
	});
	if (verb.plans === true) command.addOption(new Option("--dry-run", "list the AWS calls, change nothing"));
	const examples = verb.examples.map(([purpose, line]) => `  # ${purpose}\n  pipeline-cli ${line}`);
	command.addHelpText("before", `Examples:\n${examples.join("\n")}\n`);
	command.action(async () => {
		// A variadic argument arrives as an array; for the command every word is one of `args`.
		const args = command.processedArgs.flat() as (string | undefined)[];
		await dispatch(verb, args, command.optsWithGlobals());
	});
	return command;
}

/** Subcommands do not inherit these by themselves when they are added with `command()` before the parent's settings. */
function inherit(command: Commander, parent: Commander): Commander {
	return command.copyInheritedSettings(parent).helpOption("-h, --help", "show help");
}
