import * as node from "node:child_process";
import { promisify } from "node:util";
import { isMainThread } from "node:worker_threads";
import { errorName, isLogging, log, millisecondsSince, shownArguments } from "../log.ts";

/** As Node's, with a line in the log; what the child writes is its owner's alone. */
export const spawn = ((...args: Parameters<typeof node.spawn>) =>
	observed(privately(() => node.spawn(...args)))) as typeof node.spawn;

/** As Node's, with a line in the log; what the child writes is its owner's alone. */
export const fork = ((...args: Parameters<typeof node.fork>) =>
	observed(privately(() => node.fork(...args)))) as typeof node.fork;

/** A child has the umask that its parent has when it starts it. */
function privately<C>(start: () => C): C {
	// Threads cannot change it; only tests start children in one.
	if (!isMainThread) return start();
	const before = process.umask(0o077);
	try {
		return start();
	} finally {
		process.umask(before);
	}
}

/**
 * Runs a program to its end.
 * @throws where it cannot be run, or does not end with 0; `stderr` of the error says what it said.
 */
export function outputOf(
	command: string,
	args: readonly string[],
	options: node.ExecFileOptions = {},
): Promise<{ stdout: string; stderr: string }> {
	const running = promisify(node.execFile)(command, args, { ...options, encoding: "utf8" });
	observed(running.child);
	return running;
}

/** Logs a child's end, or that it continues without us. */
function observed<C extends node.ChildProcess>(child: C): C {
	if (!isLogging()) return child;
	const start = performance.now();
	const [command = "", ...args] = child.spawnargs;
	const line = () => ({
		event: "process" as const,
		command,
		args: shownArguments(args),
		pid: child.pid,
		ms: millisecondsSince(start),
	});
	child.once("exit", (code, signal) => log({ ...line(), exit: code ?? signal ?? undefined }));
	child.once("error", (error) => log({ ...line(), error: errorName(error) }));
	const unref = child.unref.bind(child);
	child.unref = () => {
		log({ ...line(), background: true });
		unref();
	};
	return child;
}
