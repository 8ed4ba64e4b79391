import type { Outcome } from "./common/errors.ts";
import type { Context, Stack } from "./engines/port.ts";

/** What a command is called with. */
export interface Invocation {
	/** Positional arguments, in the order of the usage line. */
	args: readonly (string | undefined)[];
	/** Options by commander's camel-case name. */
	options: Readonly<Record<string, unknown>>;
	context: Context;
	/** The stack that the command acts on, found by `--stack` and its fallbacks. */
	stack(): Promise<Stack>;
	/** Whether stdout will hold JSON: a command may then leave out costly decoration. */
	json: boolean;
	/** Whether the user can be asked: stdin and stderr are terminals and `--json` is off. */
	interactive: boolean;
	/** Writes data to stdout before the command ends, for data that come over time; nothing where stdout will hold JSON. */
	print(text: string): Promise<void>;
}

/** What a command has to show. Data goes to stdout, as text or as one JSON document. */
export interface CommandResult {
	/** The document of `--json`; the stack's name is added. */
	json: object;
	/** For a person; may have colours, which are stripped where stdout is no terminal. Empty shows nothing. */
	text: string;
	/** The text is data, for instance CSV: not a byte of it is changed. */
	verbatim?: boolean;
	/** Where the command did its work but the verdict is not "ok", for instance `dataDiffer`. */
	outcome?: Outcome;
	/** Seconds after which the command is called again and its result takes the place of this one: `--watch`. */
	again?: number;
}

/** The function behind a verb, in `cli/commands`. It returns what to show and never prints. */
export type Command = (invocation: Invocation) => Promise<CommandResult>;
