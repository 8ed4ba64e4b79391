import { setTimeout as sleep } from "node:timers/promises";
import chalk from "chalk";
import { type Command as Commander, CommanderError } from "commander";
import type { Command, CommandResult, Invocation } from "./command.ts";
import { cancelled, exitCodes, messageOf, PipelineError } from "./common/errors.ts";
import { onInterrupt } from "./common/interrupts.ts";
import { version } from "./common/version.ts";
import { Plan, PlannedStop } from "./engines/plan.ts";
import type { Context, Ongoing, Reporter, Stack } from "./engines/port.ts";
import { buildProgram, usualTimeout, type Verb } from "./program.ts";
import { findStack } from "./stack.ts";
import { errorJson, errorText } from "./ui/errorText.ts";
import { parseDuration } from "./ui/format.ts";
import { QuietReporter, StreamReporter } from "./ui/reporter.ts";
import { stackLine } from "./ui/stackLine.ts";
import { ansi, type Look, lookOf, stripAnsi } from "./ui/terminal.ts";

/** Ends the process at once, with terminal restored: the second Ctrl-C. */
type Leave = (code: number) => void;

/** Milliseconds that a command has to clean up after an abort, where it acts on AWS. */
const cleanUpWithin = 1_800;

/** A timer holds no more milliseconds: 24 days. */
const longestTimer = 2 ** 31 - 1;

/**
 * Runs one command line.
 * @param leave how to end at once; `cli/main.ts` is the only place that exits.
 * @returns the exit code.
 */
export async function main(argv: string[], leave: Leave): Promise<number> {
	let code: number = exitCodes.ok;
	const program = buildProgram(version, async (verb, args, options) => {
		code = await runVerb(verb, args, options, leave);
	});
	const noColor = argv.includes("--no-color");
	prepare(program, noColor);
	try {
		if (argv.length === 0) {
			program.outputHelp();
			return exitCodes.ok;
		}
		await program.parseAsync(argv, { from: "user" });
		return code;
	} catch (error) {
		if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
		throw error;
	}
}

function prepare(program: Commander, noColor: boolean): void {
	for (const command of [program, ...program.commands.flatMap((child) => [child, ...child.commands])]) {
		command.exitOverride();
		command.configureOutput({
			getOutHasColors: () => lookOf(process.stdout, process.env, noColor).color,
			getErrHasColors: () => lookOf(process.stderr, process.env, noColor).color,
		});
	}
}

async function runVerb(
	verb: Verb,
	args: (string | undefined)[],
	options: Record<string, unknown>,
	leave: Leave,
): Promise<number> {
	const noColor = options.color === false;
	const json = options.json === true;
	const out = lookOf(process.stdout, process.env, noColor);
	const err = lookOf(process.stderr, process.env, noColor);
	chalk.level = out.color || err.color ? 2 : 0;
	const reporter = options.quiet === true ? new QuietReporter(process.stderr) : new StreamReporter(process.stderr, err);
	const abort = new AbortController();
	const context: Context & { ongoing: Map<string, Ongoing> } = { reporter, signal: abort.signal, ongoing: new Map() };
	const timeout =
		(options.timeout as string | undefined) ?? (options.watch === true ? undefined : (verb.timeout ?? usualTimeout));
	const release = watch(abort, timeout, verb, context, leave);
	const plan = options.dryRun === true ? new Plan() : undefined;
	let found: Stack | undefined;
	const invocation: Invocation = {
		args,
		options,
		context,
		json,
		interactive: !json && process.stdin.isTTY === true && process.stderr.isTTY === true,
		print: async (text) => {
			if (json || (await write(process.stdout, out.color ? text : stripAnsi(text)))) return;
			abort.abort(cancelled("Nobody reads the output any more."));
		},
		stack: async () => {
			const { stack, outputs, profile, region } = options as Record<string, string | undefined>;
			found = await findStack({ stack, outputs, profile, region, plan, signal: abort.signal });
			return found;
		},
	};
	try {
		const command = await verb.load();
		for (;;) {
			abort.signal.throwIfAborted();
			const work = plan === undefined ? command(invocation) : planned(command, invocation, plan, () => found?.name);
			const result = await unlessHung(work, abort.signal, () => found?.engine !== "local");
			close(reporter);
			await show(result, found, json, out);
			if (result.again === undefined) return result.outcome === undefined ? exitCodes.ok : exitCodes[result.outcome];
			await sleep(result.again * 1000, undefined, { signal: abort.signal }).catch(() => abort.signal.throwIfAborted());
		}
	} catch (error) {
		close(reporter);
		const shown = asPipelineError(error, abort.signal, verb);
		// Ctrl-C is how a watch ends.
		if (options.watch === true && shown instanceof PipelineError && shown.outcome === "cancelled") return exitCodes.ok;
		if (json) await write(process.stdout, document(errorJson(shown), found));
		process.stderr.write(errorText(shown, err.color));
		if (!abort.signal.aborted)
			for (const { what } of context.ongoing.values()) reporter.warn(`Goes on in the cloud: ${what}`);
		return shown instanceof PipelineError ? exitCodes[shown.outcome] : exitCodes.failure;
	} finally {
		release();
	}
}

/**
 * The result of a command, or the reason of the abort where it has not ended soon after: a library may wait for an answer
 * that nothing can cut off.
 * @param mayLeave whether what it holds may be left behind. The local stack's processes must be ended.
 */
async function unlessHung<T>(work: Promise<T>, signal: AbortSignal, mayLeave: () => boolean): Promise<T> {
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

/** Runs a command that changes nothing; what it has to show are the calls that it would have made. */
async function planned(
	command: Command,
	invocation: Invocation,
	plan: Plan,
	stackName: () => string | undefined,
): Promise<CommandResult> {
	try {
		await command(invocation);
	} catch (error) {
		if (!(error instanceof PlannedStop)) throw error;
	}
	const lines = plan.calls.map(({ service, action, parameters, sent }) => {
		const mark = sent ? chalk.dim("read  ") : chalk.yellow("would ");
		return `${mark} ${service}:${action} ${JSON.stringify(parameters)}`;
	});
	const last = "Dry run: nothing was changed. What follows a call may depend on its answer.";
	const name = stackName();
	const text = [...lines, chalk.dim(last), ...(name === undefined ? [] : [stackLine(name)])].join("\n");
	return { json: { dryRun: true, calls: plan.calls }, text };
}

/** Ctrl-C and the timeout abort the signal; a second Ctrl-C leaves at once. */
function watch(
	abort: AbortController,
	timeout: string | undefined,
	verb: Verb,
	context: Context & { ongoing: Map<string, Ongoing> },
	leave: Leave,
): () => void {
	const { reporter, ongoing } = context;
	const seconds = timeout === undefined ? undefined : parseDuration(timeout);
	if (timeout !== undefined && (seconds === undefined || seconds <= 0)) {
		abort.abort(
			new PipelineError("usage", {
				what: `--timeout ${timeout} is no duration.`,
				fix: "Write a number and a unit, for instance 90s, 30m or 2h.",
			}),
		);
		return () => undefined;
	}
	const expire = (): void => {
		abort.abort(
			new PipelineError("timeout", {
				what: `${verb.name} did not end within ${timeout}.`,
				...(ongoing.size > 0
					? goingOn(ongoing, verb)
					: { fix: "See where it stands, or give it more time with --timeout.", next: "pipeline-cli status" }),
			}),
		);
	};
	const timer = seconds === undefined ? undefined : setTimeout(expire, Math.min(seconds * 1000, longestTimer));
	const interrupt = (): void => {
		if (abort.signal.aborted) {
			close(reporter);
			leave(exitCodes.interrupted);
		}
		abort.abort(
			new PipelineError("cancelled", {
				what: `${verb.name} was cancelled.`,
				...(ongoing.size > 0
					? goingOn(ongoing, verb)
					: {
							fix: "Nothing is half done: the same command goes on from here.",
							next: `pipeline-cli ${verb.name}`,
						}),
			}),
		);
		reporter.note("Stopping; press Ctrl-C again to leave at once.");
	};
	const release = onInterrupt(interrupt);
	return () => {
		clearTimeout(timer);
		release();
	};
}

/** What goes on in the cloud after the command left, how to stop it, and how to come back to it. */
function goingOn(ongoing: ReadonlyMap<string, Ongoing>, verb: Verb): { why: string; fix: string; next: string } {
	const works = [...ongoing.values()];
	return {
		why: ["In the cloud goes on:", ...works.map(({ what }) => what)].join("\n"),
		fix: ["The same command comes back to it. To stop it:", ...works.map(({ stop }) => stop)].join("\n"),
		next: `pipeline-cli ${verb.name}`,
	};
}

function close(reporter: Reporter): void {
	if (reporter instanceof StreamReporter) reporter.close();
}

/** What was aborted ends with the reason of the abort, whatever the interrupted work threw. A full disk can stop any verb. */
function asPipelineError(error: unknown, signal: AbortSignal, verb: Verb): unknown {
	if (error instanceof PipelineError) return error;
	if (signal.aborted && signal.reason instanceof PipelineError) return signal.reason;
	const why = messageOf(error);
	if (!/no space left on device|disk quota exceeded/i.test(why)) return error;
	return new PipelineError(
		"failure",
		{ what: "The disk is full.", why, fix: "Make room, then repeat it.", next: `pipeline-cli ${verb.name}` },
		{ cause: error },
	);
}

/** The document of `--json`: every one names its stack, where there is one. */
function document(json: unknown, stack: Stack | undefined): string {
	const named = stack === undefined ? json : { stack: stack.name, ...(json as object) };
	return `${JSON.stringify(named, null, 2)}\n`;
}

async function show(result: CommandResult, stack: Stack | undefined, json: boolean, out: Look): Promise<void> {
	if (json) {
		await write(process.stdout, document(result.json, stack));
		return;
	}
	if (result.text === "") return;
	if (result.verbatim === true) {
		await write(process.stdout, result.text);
		return;
	}
	const text = result.text.endsWith("\n") ? result.text : `${result.text}\n`;
	const fresh = result.again !== undefined && out.animate ? ansi.clearScreen : "";
	await write(process.stdout, fresh + (out.color ? text : stripAnsi(text)));
}

/**
 * Writes all of it, also to a pipe whose reader is slow; a reader that has gone is no failure.
 * @returns whether there is still a reader.
 */
function write(stream: NodeJS.WriteStream, text: string): Promise<boolean> {
	return new Promise((resolve, reject) => {
		const fail = (error: NodeJS.ErrnoException): void => {
			if (error.code === "EPIPE") resolve(false);
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
