/** Kinds of names that a shell completes: those that a local stack has now. `completion --names` prints them. */
export const nameKinds = [
	"replicated",
	"exportable",
	"queries",
	"views",
	"models",
	"jobs",
	"logs",
	"runs",
	"stacks",
] as const;

export type NameKind = (typeof nameKinds)[number];

/** What a shell offers for a value: these words, or the names of a kind. */
export type Completes = readonly string[] | NameKind;

/** One option: what `--help` shows of it, and how its text becomes a value. */
export interface OptionDefinition {
	/** Commander's flag syntax: `-n, --lines <count>`, `--watch`, `--no-open`. */
	flags: string;
	description: string;
	/** Checks and converts the text; throws a sentence. */
	parse?: (text: string) => unknown;
	/** Where it is not given. A flag without a value is false then. */
	default?: unknown;
	/** It may be given several times: its value is the list. */
	repeatable?: true;
	/** What a shell offers for its value; files where it is left out. */
	completes?: Completes;
}

/** Values of options by commander's camel-case names, typed by the table that commander parses with. */
export type OptionValues<O extends readonly OptionDefinition[]> = {
	readonly [One in O[number] as Camel<LongName<One["flags"]>>]: Value<One>;
};

type LongName<Flags extends string> = Flags extends `${string}--no-${infer Rest}`
	? FirstWord<Rest>
	: Flags extends `${string}--${infer Rest}`
		? FirstWord<Rest>
		: never;

type FirstWord<Text extends string> = Text extends `${infer Word} ${string}` ? Word : Text;

type Camel<Text extends string> = Text extends `${infer Word}-${infer Rest}`
	? `${Word}${Capitalize<Camel<Rest>>}`
	: Text;

type Value<One extends OptionDefinition> = One["flags"] extends `${string}<${string}`
	? One extends { repeatable: true }
		? Parsed<One>[] | undefined
		: One extends { default: infer Default }
			? Parsed<One> | Default
			: Parsed<One> | undefined
	: boolean;

type Parsed<One extends OptionDefinition> = One extends { parse: (text: string) => infer Result } ? Result : string;

/** Keeps the exact type of an option that several commands have. */
export function defineOption<const One extends OptionDefinition>(option: One): One {
	return option;
}

/** Options of every command. */
export const globalOptions = [
	{
		flags: "--stack <name>",
		description: "stack to use; local and local-<name> are on this machine (also PIPELINE_STACK)",
		completes: "stacks",
	},
	{ flags: "--outputs <file>", description: "file with the outputs of a stack on AWS, instead of the Pulumi CLI" },
	{ flags: "--profile <name>", description: "AWS profile (also AWS_PROFILE)" },
	{ flags: "--region <name>", description: "AWS region (default: the stack's)" },
	{ flags: "--json", description: "print one JSON document to stdout" },
	{ flags: "-q, --quiet", description: "print no progress, only warnings and errors" },
	{
		flags: "--verbose",
		description: "print a JSON line to stderr for each call and statement (also PIPELINE_LOG=debug)",
	},
	{ flags: "--no-color", description: "print no colours (also NO_COLOR)" },
	{ flags: "--timeout <duration>", description: "stop waiting after this time, for example 90s" },
] as const satisfies readonly OptionDefinition[];

/** Of these the ones that say where and as whom to find a stack on AWS. */
export const awsOptions = ["outputs", "profile", "region"] as const;

/** Of commands that may act on AWS. */
export const dryRunOption = defineOption({
	flags: "--dry-run",
	description: "list the AWS calls without changing anything",
});

/** Of commands that can show their result again and again. */
export const watchOption = defineOption({
	flags: "-w, --watch",
	description: "refresh every few seconds until Ctrl-C",
});

/** What the command line itself acts on. */
export type CommonOptions = OptionValues<typeof globalOptions> &
	Partial<OptionValues<readonly [typeof dryRunOption, typeof watchOption]>>;
