import { messageOf } from "../common/errors.ts";
import { page, pagerFor } from "./pager.ts";
import { ansi, type Look, stripAnsi } from "./terminal.ts";

/** The document of `--json` on stdout: every one names its stack, where there is one. */
export async function writeJson(json: object, stack: string | undefined): Promise<void> {
	const named = stack === undefined ? json : { stack, ...json };
	await write(process.stdout, `${JSON.stringify(named, null, 2)}\n`);
}

/**
 * A result for a person on stdout.
 * @param result.verbatim not a byte of it is changed.
 * @param result.replaces it takes the place of the one before, on a terminal.
 * @param onPager called before a pager has the terminal.
 */
export async function writeText(
	{ text, verbatim, replaces }: { text: string; verbatim: boolean; replaces: boolean },
	look: Look,
	onPager: () => void,
): Promise<void> {
	if (text === "") return;
	if (verbatim) {
		await write(process.stdout, text);
		return;
	}
	const whole = text.endsWith("\n") ? text : `${text}\n`;
	const shown = look.color ? whole : stripAnsi(whole);
	const pager = replaces ? undefined : pagerFor(shown, look, process.env);
	if (pager !== undefined) {
		onPager();
		if (await page(shown, pager, process.env)) return;
	}
	await write(process.stdout, (replaces && look.animate ? ansi.clearScreen : "") + shown);
}

/**
 * Writes all of it, also to a pipe whose reader is slow; a reader that has gone is not a failure.
 * @returns whether there is still a reader.
 */
export function write(stream: NodeJS.WriteStream, text: string): Promise<boolean> {
	return new Promise((resolve, reject) => {
		const fail = (error: NodeJS.ErrnoException): void => {
			// The second one: a terminal that was closed.
			if (error.code === "EPIPE" || (error.code === "EIO" && stream.isTTY)) resolve(false);
			else reject(new Error(`Writing the result failed: ${messageOf(error)}`, { cause: error }));
		};
		stream.once("error", fail);
		stream.write(text, (error) => {
			// The event follows, and must find its listener.
			if (error !== null && error !== undefined) return;
			stream.off("error", fail);
			resolve(true);
		});
	});
}
