import { spawn } from "@lydell/node-pty";
import { projectRoot } from "../../cli/common/projectRoot.ts";
import { ansi } from "../../cli/ui/terminal.ts";
import { installedCli, withCliOnPath } from "./cli.ts";

export interface TerminalRun {
	/** All that the terminal got. */
	screen(): string;
	kill(signal: string): void;
	/** Types, for instance `\u0003` for Ctrl-C. */
	type(keys: string): void;
	ended: Promise<number>;
}

/** What a shell on a terminal says to the programs it starts, also where the tests run without one, in a CI. */
const plain = { TERM: "xterm-256color", PAGER: "", CI: "" };

/**
 * Starts the bundled CLI on a pseudo-terminal of its own, without a pager unless the test names one.
 * @param redirect sends its stdout to a file, as a shell does.
 */
export function onTerminal(
	args: readonly string[],
	env: Record<string, string>,
	redirect?: string,
	size = { cols: 100, rows: 30 },
): TerminalRun {
	const cli = [process.execPath, installedCli, ...args];
	const [program = "", ...rest] =
		redirect === undefined ? cli : ["/bin/sh", "-c", 'file="$1"; shift; exec "$@" > "$file"', "sh", redirect, ...cli];
	const child = spawn(program, rest, {
		name: "xterm-256color",
		...size,
		cwd: projectRoot,
		env: { ...process.env, ...withCliOnPath(), ...plain, ...env } as Record<string, string>,
	});
	let screen = "";
	child.onData((text) => {
		screen += text;
	});
	return {
		screen: () => screen,
		kill: (signal) => child.kill(signal),
		type: (keys) => child.write(keys),
		// A process that a signal ended has no exit code of its own; the shell says 128 and the signal.
		ended: new Promise((resolve) => child.onExit(({ exitCode, signal }) => resolve(signal ? 128 + signal : exitCode))),
	};
}

/** The last thing that was said of the cursor; undefined where nothing was. */
export function cursorLeft(screen: string): "shown" | "hidden" | undefined {
	const shown = screen.lastIndexOf(ansi.showCursor);
	const hidden = screen.lastIndexOf(ansi.hideCursor);
	return shown === hidden ? undefined : shown > hidden ? "shown" : "hidden";
}
