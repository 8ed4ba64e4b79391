import { readFileSync } from "node:fs";
import { join } from "node:path";
import chalk from "chalk";
import { type Command as Commander, CommanderError } from "commander";
import type { CommandResult } from "./command.ts";
import { projectRoot } from "./engines/local/paths.ts";
import type { Context, Reporter } from "./engines/port.ts";
import { exitCodes, messageOf, PipelineError } from "./errors.ts";
import { buildProgram, type Verb } from "./program.ts";
import { findStack } from "./stack.ts";
import { errorJson, errorText } from "./ui/errorText.ts";
import { parseDuration } from "./ui/format.ts";
import { QuietReporter, StreamReporter } from "./ui/reporter.ts";
import { lookOf, stripAnsi } from "./ui/terminal.ts";

/** Ends the process at once, with terminal restored: the second Ctrl-C. */
type Leave = (code: number) => void;

/**
 * Runs one command line.
 * @param leave how to end at once; `cli/main.ts` is the only place that exits.
 * @returns the exit code.
 */
export async function main(argv: string[], leave: Leave): Promise<number> {
	const version = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")).version as string;
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
	const release = watch(abort, (options.timeout as string | undefined) ?? verb.timeout ?? "30m", verb, reporter, leave);
	try {
		const context: Context = { reporter, signal: abort.signal };
		const command = await verb.load();
		const result = await command({
			args,
			options,
			context,
			json,
			interactive: !json && process.stdin.isTTY === true && process.stderr.isTTY === true,
			stack: () => findStack(options.stack as string | undefined),
		});
		close(reporter);
		await show(result, json, out.color);
		return result.outcome === undefined ? exitCodes.ok : exitCodes[result.outcome];
	} catch (error) {
		close(reporter);
		const shown = asPipelineError(error, abort.signal);
		if (json) await write(process.stdout, `${JSON.stringify(errorJson(shown), null, 2)}\n`);
		process.stderr.write(errorText(shown, err.color));
		return shown instanceof PipelineError ? exitCodes[shown.outcome] : exitCodes.failure;
	} finally {
		release();
	}
}

/** Ctrl-C and the timeout abort the signal; a second Ctrl-C leaves at once. */
function watch(abort: AbortController, timeout: string, verb: Verb, reporter: Reporter, leave: Leave): () => void {
	const seconds = parseDuration(timeout);
	if (seconds === undefined || seconds <= 0) {
		abort.abort(
			new PipelineError("usage", {
				what: `--timeout ${timeout} is no duration.`,
				fix: "Write a number and a unit, for instance 90s, 30m or 2h.",
			}),
		);
		return () => undefined;
	}
	const timer = setTimeout(() => {
		abort.abort(
			new PipelineError("timeout", {
				what: `${verb.name} did not end within ${timeout}.`,
				fix: "See where it stands, or give it more time with --timeout.",
				next: "pipeline-cli status",
			}),
		);
	}, seconds * 1000);
	const interrupt = (): void => {
		if (abort.signal.aborted) {
			close(reporter);
			leave(exitCodes.interrupted);
		}
		abort.abort(
			new PipelineError("cancelled", {
				what: `${verb.name} was cancelled.`,
				fix: "Nothing is half done: the same command goes on from here.",
				next: `pipeline-cli ${verb.name}`,
			}),
		);
		reporter.note("Stopping; press Ctrl-C again to leave at once.");
	};
	process.on("SIGINT", interrupt);
	process.on("SIGTERM", interrupt);
	return () => {
		clearTimeout(timer);
		process.off("SIGINT", interrupt);
		process.off("SIGTERM", interrupt);
	};
}

function close(reporter: Reporter): void {
	if (reporter instanceof StreamReporter) reporter.close();
}

/** What was aborted ends with the reason of the abort, whatever the interrupted work threw. */
function asPipelineError(error: unknown, signal: AbortSignal): unknown {
	if (error instanceof PipelineError) return error;
	return signal.aborted && signal.reason instanceof PipelineError ? signal.reason : error;
}

async function show(result: CommandResult, json: boolean, color: boolean): Promise<void> {
	if (json) return write(process.stdout, `${JSON.stringify(result.json, null, 2)}\n`);
	if (result.text === "") return;
	const text = result.text.endsWith("\n") ? result.text : `${result.text}\n`;
	await write(process.stdout, color ? text : stripAnsi(text));
}

/** Writes all of it, also to a pipe whose reader is slow; a reader that has gone is no failure. */
function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
	return new Promise((resolve, reject) => {
		stream.once("error", (error: NodeJS.ErrnoException) => {
			if (error.code === "EPIPE") resolve();
			else reject(new Error(`Writing the result failed: ${messageOf(error)}`, { cause: error }));
		});
		stream.write(text, () => resolve());
	});
}
