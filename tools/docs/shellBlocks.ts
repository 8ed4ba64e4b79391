/** A block of commands of a page. */
export interface ShellBlock {
	page: string;
	/** The line of the page that its first command is in, from 1. */
	line: number;
	/** Where it is meant to run: the word after `sh`. */
	where: string | undefined;
	/** Commands, each with its comment; one of several lines is one. */
	commands: readonly string[];
}

/** Blocks of commands: those of the language `sh`, and those without a language that call the command line. */
export function shellBlocks(page: string, text: string): ShellBlock[] {
	const found: ShellBlock[] = [];
	for (const match of text.matchAll(/^```([^\s`]*)(?: (\S+))?[^\n]*\n([\s\S]*?)^```/gm)) {
		const [, language = "", where, body = ""] = match;
		if (language !== "sh" && (language !== "" || !/^(npx )?pipeline-cli /m.test(body))) continue;
		const line = text.slice(0, match.index).split("\n").length + 1;
		const commands = body.replaceAll("\\\n", "").trimEnd().split("\n");
		found.push({ page, line, where, commands });
	}
	return found;
}

/** Calls of the command line in a command, each as its arguments. */
export function calls(command: string): string[][] {
	return simpleCommands(command).flatMap((words) => {
		const at = words.indexOf("pipeline-cli");
		return at === -1 ? [] : [words.slice(at + 1)];
	});
}

/** The words of each simple command of a line, without its redirections: quotes, comments, pipes and `&&` as a POSIX shell has them. */
function simpleCommands(line: string): string[][] {
	const commands: string[][] = [[]];
	const token = /\s+|#.*$|&&|\||[<>]\s*\S+|(?:'[^']*'|"[^"]*"|[^\s'"<>&|])+/gy;
	for (const [text] of line.matchAll(token)) {
		if (text === "&&" || text === "|") commands.push([]);
		else if (/^[\s#<>]/.test(text)) continue;
		else commands.at(-1)?.push(text.replaceAll(/'([^']*)'|"([^"]*)"/g, "$1$2"));
	}
	return commands;
}
