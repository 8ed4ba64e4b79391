import type { WriteStream } from "node:tty";

/** What a stream may show. Colour and animation are two questions (https://no-color.org, https://clig.dev). */
export interface Look {
	color: boolean;
	animate: boolean;
	columns: number;
	/** Lines of the screen; no limit where it is none. */
	rows: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

export function lookOf(stream: NodeJS.WriteStream | WriteStream, env: Environment, noColor: boolean): Look {
	const terminal = stream.isTTY === true && env.TERM !== "dumb";
	const ci = isSet(env.CI);
	return {
		color: terminal && !noColor && !isSet(env.NO_COLOR),
		animate: terminal && !ci,
		// Also a terminal that does not know its size says 0.
		columns: stream.columns || 100,
		rows: stream.rows || Number.POSITIVE_INFINITY,
	};
}

function isSet(value: string | undefined): boolean {
	return value !== undefined && value !== "" && value !== "0" && value !== "false";
}

export const ansi = {
	hideCursor: "\u001b[?25l",
	showCursor: "\u001b[?25h",
	clearLine: "\r\u001b[2K",
	clearScreen: "\u001b[H\u001b[2J",
} as const;

// biome-ignore lint/suspicious/noControlCharactersInRegex: an ANSI sequence begins with the escape character.
const sequences = /\u001b\[[0-9;?]*[A-Za-z]/g;

export function stripAnsi(text: string): string {
	return text.replaceAll(sequences, "");
}
