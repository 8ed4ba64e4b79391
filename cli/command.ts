import type { Outcome } from "./common/errors.ts";
import type { Context, LocalHost, Stack } from "./engines/port.ts";
import {
	awsOptions,
	type CommonOptions,
	type Completes,
	dryRunOption,
	type OptionDefinition,
	type OptionValues,
	watchOption,
} from "./options.ts";

/** All that `--help` and completion show of a command, in `cli/commands/<name>/definition.ts`. Loads nothing heavy. */
export interface Definition {
	/** Path of names, for instance `source up`. */
	name: string;
	summary: string;
	/** Sentences after the summary, for `--help` of the command. */
	description?: string;
	/** Commander's argument syntax: `<required>`, `[optional]`, `[many...]`, each with its description, and what a shell offers for it. */
	arguments?: readonly ArgumentDefinition[];
	options?: readonly OptionDefinition[];
	/** Whether it acts on this machine alone, so that the options of AWS do not apply. */
	local?: true;
	/** Whether it acts on no stack at all, so that `--stack` does not apply. */
	stackless?: true;
	/** Whether it acts on a stack that may be on AWS, and so can list its calls: `--dry-run`. */
	plans?: true;
	/** Whether it can show its result again and again: `--watch`. */
	watches?: true;
	/** Options with which it runs until it is stopped. */
	endless?: readonly string[];
	/** How long it may take where `--timeout` is not given, if not `usualTimeout`. */
	timeout?: string;
	/** Members of the document of `--json`, each with what it holds; beside them `stack`, of every command that acts on one. */
	json: Readonly<Record<string, string>>;
	/** What each does, and the command without `pipeline-cli`. */
	examples: readonly (readonly [purpose: string, command: string])[];
}

export type ArgumentDefinition = readonly [syntax: string, description: string, completes?: Completes];

/** How long a command may take that names no time of its own. */
export const usualTimeout = "30m";

/** Keeps the exact type of a definition, from which `Run` infers the arguments and options. */
export function defineCommand<const D extends Definition>(definition: D): D {
	return definition;
}

/** Global options that do not apply to a command: its help leaves them out, and it refuses them. */
export function notApplying({ local, stackless }: Definition): readonly ("stack" | (typeof awsOptions)[number])[] {
	return [...(stackless ? (["stack"] as const) : []), ...(local ? awsOptions : [])];
}

/** All options of a command but those of every command. */
export function optionsOf({ options = [], watches, plans }: Definition): readonly OptionDefinition[] {
	return [...options, ...(watches ? [watchOption] : []), ...(plans ? [dryRunOption] : [])];
}

/** What a command is called with. */
export type Invocation<D extends Definition = Definition> = Called<
	ArgumentValues<D extends { arguments: infer A extends readonly ArgumentDefinition[] } ? A : []>,
	OptionValues<D extends { options: infer O extends readonly OptionDefinition[] } ? O : []> & CommonOptions
>;

interface Called<Args, Options> {
	args: Args;
	options: Options;
	context: Context;
	/** The stack that the command acts on, found by `--stack` and its fallbacks. */
	stack(): Promise<Stack>;
	/** What makes, fills, stops and removes local stacks. @param name of another one than the command acts on. */
	localHost(name?: string): Promise<LocalHost>;
	/** Whether stdout will hold JSON: a command may then leave out costly decoration. */
	json: boolean;
	/** Whether the user can be asked: stdin and stderr are terminals and `--json` is off. */
	interactive: boolean;
	/** Writes data to stdout before the command ends, for data that come over time; nothing where stdout will hold JSON. */
	print(text: string): Promise<void>;
	/** Every command, for `completion`. */
	commands: readonly Definition[];
}

type ArgumentValues<A extends readonly ArgumentDefinition[]> = {
	readonly [One in A[number] as ArgumentName<One[0]>]: ArgumentValue<One[0]>;
};

type ArgumentName<Syntax extends string> = Syntax extends `<${infer Name}>` | `[${infer Name}]`
	? Name extends `${infer Many}...`
		? Many
		: Name
	: never;

type ArgumentValue<Syntax extends string> = Syntax extends `${string}...${string}`
	? readonly string[]
	: Syntax extends `<${string}`
		? string
		: string | undefined;

/** What a command has to show. Data goes to stdout, as text or as one JSON document. */
export interface CommandResult {
	/** The document of `--json`; the stack's name is added. */
	json: object;
	/** For a person; may have colours, which are stripped where stdout is not a terminal. Empty shows nothing. */
	text: string;
	/** The text is data, for instance CSV: not a byte of it is changed. */
	verbatim?: boolean;
	/** The text shows data and no commands to run: words in it that look like one are left as they are. */
	asIs?: boolean;
	/** Where the command did its work but the verdict is not "ok", for instance `dataDiffer`. */
	outcome?: Outcome;
	/** Seconds after which the command is called again and its result takes the place of this one: `--watch`. */
	again?: number;
}

/** The function of a command, in `cli/commands/<name>/run.ts`. It returns what to show and never prints. */
export type Run<D extends Definition = Definition> = (invocation: Invocation<D>) => Promise<CommandResult>;

/** A row of the table of commands: a definition, and how to load the function that belongs to it. */
export interface Command extends Definition {
	load(): Promise<Run>;
}

/** Holds a definition and its function together: the function must take what the definition names. */
export function command<D extends Definition>(
	definition: D,
	// Spelled out, since TypeScript compares two types `Run` by their parameter alone, and finds every two alike.
	load: () => Promise<{ run: (invocation: Invocation<NoInfer<D>>) => Promise<CommandResult> }>,
): Command {
	// The table holds functions of many types. What each is called with is parsed by the definition that it stands beside.
	return { ...definition, load: async () => (await load()).run as Run };
}
