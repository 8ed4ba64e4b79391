/** How the user calls this program, so that what they are asked to run can be pasted. */
export interface CallForm {
	/** It is a command of the project, and not on PATH. */
	npx: boolean;
	/** `--stack` of this call, which the next one needs, too. */
	stack: string | undefined;
	/** First words of the commands: what follows the program's name in prose is none. */
	commands: readonly string[];
}

/** npm says so to what it starts: `npx pipeline-cli`, `npm run demo`. */
export function isByNpm(env: NodeJS.ProcessEnv): boolean {
	return ["exec", "run", "run-script"].includes(env.npm_command ?? "");
}

/** A text whose commands are written as the user has to type them. */
export function asTyped(text: string, { npx, stack, commands }: CallForm): string {
	if (!npx && stack === undefined) return text;
	// At the start of a line, or after what a word cannot hold; after a colour as well.
	const call = new RegExp(`(^|[\\s\`('":]|\\u001b\\[\\d+m)(npx )?pipeline-cli (?=(?:${commands.join("|")})\\b)`, "gm");
	return text.replaceAll(call, (match: string, before: string, byNpx: string | undefined, at: number) => {
		const [rest = ""] = text.slice(at + match.length).split(/[\n`]/);
		const named = stack === undefined || rest.includes("--stack") ? "" : `--stack ${stack} `;
		return `${before}${npx || byNpx !== undefined ? "npx " : ""}pipeline-cli ${named}`;
	});
}
