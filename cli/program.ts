import { Argument, Command as Commander, Help, Option } from "commander";
import { type Command, type Invocation, notApplying, optionsOf, usualTimeout } from "./command.ts";
import { type CommonOptions, globalOptions, type OptionDefinition } from "./options.ts";

/** What the user typed for a command. */
export type Line = Pick<Invocation, "args" | "options">;

/** Called with a command and what the user typed for it. */
export type Dispatch = (command: Command, line: Line) => Promise<void>;

const groups: Record<string, string> = {
	source: "The MySQL source of the local stack",
	replication: "Full load and change data capture into the raw zone",
	clicks: "Clickstream records",
	runs: "History of the jobs' runs",
	warehouse: "The database for analysts, on top of the lake",
};

/** The command line: parses, and hands over to `dispatch`. Holds no logic and loads no command. */
export function buildProgram(version: string, commands: readonly Command[], dispatch: Dispatch): Commander {
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
		.configureHelp(helpForm);
	for (const option of globalOptions) addOption(program, option);
	const parents = new Map<string, Commander>();
	for (const command of commands) {
		const names = command.name.split(" ");
		const leaf = names.at(-1) ?? command.name;
		const parentName = names.slice(0, -1).join(" ");
		let parent = program;
		if (parentName !== "") {
			parent = parents.get(parentName) ?? addGroup(program, parentName);
			parents.set(parentName, parent);
		}
		parents.set(command.name, addCommand(parent, leaf, command, dispatch));
	}
	return program;
}

const firstHelp = `Start here:
  pipeline-cli demo           run the whole pipeline on this machine
  pipeline-cli init --help    use your own MySQL: generate its pipeline
  pipeline-cli status         show what is running, and what is in the lake
  pipeline-cli dashboard      show the charts in a browser
`;

/** Descriptions are broken between words also on a terminal as narrow as a phone. */
const helpForm = { showGlobalOptions: true, minWidthToWrap: 15 };

const lastHelp = `
Exit codes: 0 ok, 1 failure, 2 usage or configuration, 3 credentials,
4 refused by a service, 6 no such stack, 8 cancelled, 9 timeout, 10 data differs,
11 data quality, 130 exited immediately after a second Ctrl-C.`;

function addGroup(program: Commander, name: string): Commander {
	return inherit(program.command(name).description(groups[name] ?? name), program);
}

function addCommand(parent: Commander, name: string, command: Command, dispatch: Dispatch): Commander {
	const { summary, description, timeout = usualTimeout } = command;
	const added = inherit(parent.command(name).summary(summary), parent);
	added.description(description === undefined ? `${summary}.` : `${summary}. ${description}`);
	for (const [syntax, text] of command.arguments ?? []) added.addArgument(new Argument(syntax, text));
	for (const option of optionsOf(command)) addOption(added, option);
	const usual = new Help();
	usual.showGlobalOptions = true;
	added.configureHelp({
		...helpForm,
		visibleGlobalOptions: (shown) => usual.visibleGlobalOptions(shown).filter((option) => applies(command, option)),
		optionDescription: (option) =>
			option.long === "--timeout" ? `${option.description} (default: ${timeout})` : usual.optionDescription(option),
	});
	const examples = command.examples.map(([purpose, line]) => `  # ${purpose}\n  pipeline-cli ${line}`);
	added.addHelpText("before", `Examples:\n${examples.join("\n")}\n`);
	added.action(async () => {
		const args = added.registeredArguments.map((argument, index) => [argument.name(), added.processedArgs[index]]);
		await dispatch(command, { args: Object.fromEntries(args), options: added.optsWithGlobals<CommonOptions>() });
	});
	return added;
}

function applies(command: Command, option: Option): boolean {
	return !notApplying(command).some((name) => name === option.attributeName());
}

/** Has commander parse an option to the value that `OptionValues` says. */
function addOption(to: Commander, { flags, description, parse, default: usual, repeatable }: OptionDefinition): void {
	const option = new Option(flags, description);
	if (repeatable === true) {
		option.argParser((text, before: unknown[] | undefined) => [
			...(before ?? []),
			parse === undefined ? text : parse(text),
		]);
	} else if (parse !== undefined) {
		option.argParser((text) => parse(text));
	}
	if (usual !== undefined) option.default(usual);
	to.addOption(option);
	// As the option's own default, --help would show it.
	if (option.isBoolean() && !option.negate) to.setOptionValueWithSource(option.attributeName(), false, "default");
}

/** Subcommands do not inherit these by themselves when they are added with `command()` before the parent's settings. */
function inherit(command: Commander, parent: Commander): Commander {
	return command.copyInheritedSettings(parent).helpOption("-h, --help", "show help");
}
