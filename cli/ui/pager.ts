import { spawn } from "../common/process/childProcess.ts";
import { type Look, stripAnsi } from "./terminal.ts";

/** How less behaves where the user has not said it: it ends where all fits, shows colours, and leaves the text on the screen. */
const usual = { LESS: "FRX", LV: "-c" } as const;

/** The command of $PAGER, where a text does not fit on the screen and the user has named one; `cat` and nothing mean none. */
export function pagerFor(text: string, look: Look, env: NodeJS.ProcessEnv): string | undefined {
	const command = (env.PAGER ?? "").trim();
	if (!look.animate || command === "" || command === "cat") return undefined;
	return linesOn(text, look.columns) >= look.rows ? command : undefined;
}

function linesOn(text: string, columns: number): number {
	const lines = stripAnsi(text).replace(/\n$/, "").split("\n");
	return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / columns)), 0);
}

/**
 * Hands a text to a pager, and waits until the user has left it. Ctrl-C is the pager's meanwhile.
 * @returns false where the shell did not find or could not run it.
 */
export async function page(text: string, command: string, env: NodeJS.ProcessEnv): Promise<boolean> {
	const ignore = (): void => undefined;
	process.on("SIGINT", ignore);
	try {
		return await new Promise<boolean>((resolve) => {
			const child = spawn(command, { shell: true, stdio: ["pipe", "inherit", "inherit"], env: { ...usual, ...env } });
			child.once("error", () => resolve(false));
			// The shell says 126 and 127 of what it cannot run.
			child.once("close", (code) => resolve(code !== 126 && code !== 127));
			// Whoever has seen enough leaves before the end.
			child.stdin.on("error", ignore);
			child.stdin.end(text);
		});
	} finally {
		process.off("SIGINT", ignore);
	}
}
