import { basename, delimiter, dirname, isAbsolute, relative, resolve } from "node:path";
import { shellWord } from "../common/shellWord.ts";

/** How the user calls this program, so that what they are asked to run can be pasted. */
export interface CallForm {
	/** The words before the command: `npx pipeline-cli`, `pipeline-cli`, `node dist/pipeline-cli.js`. */
	program: string;
	/** `--stack` of this call, which the next one needs, too. */
	stack?: string | undefined;
	/** First words of the commands: what follows the program's name in prose is none. */
	commands: readonly string[];
}

/** The name under which the program is installed, and by which texts call it. */
export const programName = "pipeline-cli";

/** What was started, where, and by whom. */
export interface Call {
	/** The script, as node was given it: `process.argv[1]`. */
	script: string | undefined;
	env: NodeJS.ProcessEnv;
	cwd: string;
}

/** The words by which the program was called. Where it is part of another program, as in tests, its name. */
export function calledAs({ script = "", env, cwd }: Call): string {
	// npm says so to what it starts: `npx pipeline-cli`, `npm run demo`.
	if (["exec", "run", "run-script"].includes(env.npm_command ?? "")) return `npx ${programName}`;
	const name = basename(script);
	if (name === `${programName}.js`) return `node ${shellWord(fromHere(script, cwd))}`;
	if (name !== programName || isOnPath(env, cwd, dirname(script))) return programName;
	const path = fromHere(script, cwd);
	return shellWord(isAbsolute(path) ? path : `./${path}`);
}

/** Whether a shell finds the program by its name. @param folder of which it is known to be in. */
function isOnPath(env: NodeJS.ProcessEnv, cwd: string, folder: string): boolean {
	const folders = (env.PATH ?? "").split(delimiter).filter((one) => one !== "");
	return folders.some((one) => resolve(cwd, one) === resolve(cwd, folder));
}

/** The shorter of both: from where the user is, unless it is elsewhere. */
function fromHere(path: string, cwd: string): string {
	const near = relative(cwd, path);
	return near.startsWith("..") ? path : near;
}

/** A text whose commands are written as the user has to type them. */
export function asTyped(text: string, { program, stack, commands }: CallForm): string {
	// At the start of a line, or after what a word cannot hold; after a colour as well. Then a command, an option, or a usage.
	const call = new RegExp(
		`(^|[\\s\`('":]|\\u001b\\[\\d+m)(?:npx )?${programName} (?=(?:${commands.join("|")})\\b|--|\\[)`,
		"gm",
	);
	return text.replaceAll(call, (match: string, before: string, at: number) => {
		const [rest = ""] = text.slice(at + match.length).split(/[\n`]/);
		const named = stack === undefined || /^[-[]|--stack/.test(rest) ? "" : `--stack ${stack} `;
		return `${before}${program} ${named}`;
	});
}
