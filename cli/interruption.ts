import { exitCodes, PipelineError } from "./common/errors.ts";
import { onInterrupt } from "./common/process/interrupts.ts";
import type { Ongoing, Reporter } from "./engines/port.ts";
import { parseDuration } from "./ui/format.ts";

/** Ends the process immediately: the second Ctrl-C. */
export type Leave = (code: number) => void;

/** Milliseconds that a command has to clean up after an abort, where it acts on AWS. */
const cleanUpWithin = 1_800;

/** A timer holds no more milliseconds: 24 days. */
const longestTimer = 2 ** 31 - 1;

export interface Interruptible {
	/** Name of the command. */
	name: string;
	abort: AbortController;
	/** A duration as the user wrote it; undefined for none. */
	timeout: string | undefined;
	reporter: Reporter;
	/** What continues in the cloud when the command is left. */
	ongoing: ReadonlyMap<string, Ongoing>;
	/** Restores the terminal and ends the process. */
	leave: Leave;
}

/**
 * Has Ctrl-C and the timeout abort the signal, with the error to end with; a second Ctrl-C leaves immediately.
 * @returns how to stop that.
 */
export function abortOnInterrupt(command: Interruptible): () => void {
	const { name, abort, timeout, reporter, leave } = command;
	const seconds = timeout === undefined ? undefined : parseDuration(timeout);
	if (timeout !== undefined && (seconds === undefined || seconds <= 0)) {
		abort.abort(
			new PipelineError("usage", {
				what: `--timeout ${timeout} is not a duration.`,
				fix: "Write seconds, or a number with a unit, for example 90s, 30m or 2h.",
			}),
		);
		return () => undefined;
	}
	const expire = (): void => {
		const elsewhere = { fix: "Check its progress, or allow more time with --timeout.", next: "pipeline-cli status" };
		const what = `${name} did not end within ${timeout}.`;
		abort.abort(new PipelineError("timeout", { what, ...(wayBack(command) ?? elsewhere) }));
	};
	const timer = seconds === undefined ? undefined : setTimeout(expire, Math.min(seconds * 1000, longestTimer));
	const interrupt = (): void => {
		if (abort.signal.aborted) leave(exitCodes.interrupted);
		const again = { fix: "Nothing is left half done: repeat the command to continue.", next: `pipeline-cli ${name}` };
		const what = `${name} was cancelled.`;
		abort.abort(new PipelineError("cancelled", { what, ...(wayBack(command) ?? again) }));
		reporter.note("Stopping; press Ctrl-C again to exit immediately.");
	};
	const release = onInterrupt(interrupt);
	return () => {
		clearTimeout(timer);
		release();
	};
}

/** What continues in the cloud after the command left, how to stop it, and how to come back to it; undefined for nothing. */
function wayBack({ name, ongoing }: Interruptible): { why: string; fix: string; next: string } | undefined {
	if (ongoing.size === 0) return undefined;
	const works = [...ongoing.values()];
	return {
		why: ["Still running on AWS:", ...works.map(({ what }) => what)].join("\n"),
		fix: ["Repeat the command to return to it. To stop it:", ...works.map(({ stop }) => stop)].join("\n"),
		next: `pipeline-cli ${name}`,
	};
}

/**
 * The result of a command, or the reason of the abort where it has not ended soon after: a library may wait for an answer
 * that nothing can cut off.
 * @param mayLeave whether what it holds may be left behind. Processes on this machine must be ended.
 */
export async function unlessHung<T>(work: Promise<T>, signal: AbortSignal, mayLeave: () => boolean): Promise<T> {
	let timer: NodeJS.Timeout | undefined;
	let giveUp = (): void => undefined;
	const hung = new Promise<never>((_, reject) => {
		giveUp = () => {
			timer = setTimeout(() => mayLeave() && reject(signal.reason), cleanUpWithin);
		};
		signal.addEventListener("abort", giveUp, { once: true });
	});
	try {
		return await Promise.race([work, hung]);
	} finally {
		clearTimeout(timer);
		signal.removeEventListener("abort", giveUp);
	}
}
