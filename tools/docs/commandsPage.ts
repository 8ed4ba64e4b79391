import { type Definition, optionsOf, usualTimeout } from "../../cli/command.ts";
import { commands } from "../../cli/commands.ts";
import { globalOptions, type OptionDefinition } from "../../cli/options.ts";

/** The page of all commands, made from the table that `--help` is made of. */
export function commandsPage(): string {
	const shared = globalOptions.map(({ flags, description }) => `| ${code(flags)} | ${cell(description)} |`);
	return [
		"<!-- Generated from the definitions in cli/commands: edit these, then run `npm run docs`. -->",
		"# Commands",
		"",
		"The help of all commands on one page, with the documents that `--json` prints. Those of commands that act on a",
		"stack also have its name, `stack`; members that do not apply are absent. Exit codes, scripting, Ctrl-C and costs are in [cli.md](cli.md).",
		"",
		...commands.map(({ name, summary }) => `* [${name}](#${name.replaceAll(" ", "-")}): ${summary}`),
		"",
		"## Options of every command",
		"",
		"| option | what it does |",
		"|---|---|",
		...shared,
		"",
		...commands.flatMap(section),
	].join("\n");
}

function section(command: Definition): string[] {
	const { name, summary, description, arguments: takes = [], json, examples, local, timeout = usualTimeout } = command;
	const synopsis = ["pipeline-cli", name, "[options]", ...takes.map(([syntax]) => syntax)].join(" ");
	const rows = [
		...takes.map(([syntax, text]) => `| ${code(syntax)} | ${cell(text)} |`),
		...optionsOf(command).map((option) => `| ${code(option.flags)} | ${cell(option.description)}${usual(option)} |`),
	];
	return [
		`## ${name}`,
		"",
		`\`${synopsis}\``,
		"",
		prose(description === undefined ? `${summary}.` : `${summary}. ${description}`),
		`Default timeout: ${timeout}.${local === undefined ? "" : " Only acts on this machine."}`,
		...(rows.length === 0 ? [] : ["", "| argument or option | what it is |", "|---|---|", ...rows]),
		"",
		"```text",
		...examples.flatMap(([purpose, line]) => [`# ${purpose}`, `pipeline-cli ${line}`]),
		"```",
		"",
		"| member of `--json` | content |",
		"|---|---|",
		...Object.entries(json).map(([member, holds]) => `| \`${member}\` | ${cell(holds)} |`),
		"",
	];
}

function usual({ default: value }: OptionDefinition): string {
	return value === undefined ? "" : ` (default: ${String(value)})`;
}

function code(text: string): string {
	return `\`${text.replaceAll("|", "\\|")}\``;
}

/** Of a table, where a bar ends the cell. */
function cell(text: string): string {
	return prose(text.replaceAll("|", "\\|"));
}

/** `<name>` would be a tag. */
function prose(text: string): string {
	return text.replaceAll("<", "&lt;");
}
