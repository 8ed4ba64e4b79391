import chalk from "chalk";
import { type Command as Commander, CommanderError } from "commander";
import { type Command, type CommandResult, type Invocation, notApplying, usualTimeout } from "./command.ts";
import { commands } from "./commands.ts";
import { didYouMean } from "./common/didYouMean.ts";
import { diskFault } from "./common/diskFault.ts";
import { cancelled, exitCodes, PipelineError } from "./common/errors.ts";
import { logIsAskedFor, logTo } from "./common/log.ts";
import { sleep } from "./common/poll.ts";
import { version } from "./common/version.ts";
import { dryRun } from "./dryRun.ts";
import { Plan } from "./engines/plan.ts";
import type { Ongoing, Stack } from "./engines/port.ts";
import { abortOnInterrupt, type Leave, unlessHung } from "./interruption.ts";
import { buildProgram, type Line } from "./program.ts";
import { findStack, localHost } from "./stack.ts";
import { errorJson, errorText } from "./ui/errorText.ts";
import { screenWidth } from "./ui/fit.ts";
import { write, writeJson, writeText } from "./ui/output.ts";
import { wrapProse } from "./ui/prose.ts";
import { QuietReporter, StreamReporter } from "./ui/reporter.ts";
import { type Look, lookOf, stripAnsi } from "./ui/terminal.ts";
import { asTyped, type CallForm, calledAs } from "./ui/typed.ts";

/**
 * Runs one command line.
 * @param leave how to end immediately; `cli/main.ts` is the only place that exits.
 * @returns the exit code.
 */
export async function main(argv: string[], leave: Leave): Promise<number> {
	let code: number = exitCodes.ok;
	const program = buildProgram(version, commands, async (command, line) => {
		code = await runCommand(command, line, leave);
	});
	const noColor = argv.includes("--no-color");
	const json = argv.includes("--json");
	const help: string[] = [];
	prepare(program, noColor, json ? (text) => void help.push(text) : writeHelp);
	try {
		if (argv.length === 0) {
			program.outputHelp();
			return exitCodes.ok;
		}
		await program.parseAsync(argv, { from: "user" });
		return code;
	} catch (error) {
		if (!(error instanceof CommanderError)) throw error;
		if (error.exitCode === 0) {
			const isVersion = error.code === "commander.version";
			if (json) await writeJson(isVersion ? { version } : { help: help.join("") }, undefined);
			return exitCodes.ok;
		}
		const shown = wrongUsage(error, argv);
		if (json) await writeJson(errorJson(shown), undefined);
		const { color } = lookOf(process.stderr, process.env, noColor);
		// Commander has written the help of a group that lacks its command.
		if (error.code !== "commander.help") {
			process.stderr.write(fitted(asTyped(errorText(shown, color), callForm()), process.stderr));
		}
		return exitCodes.usage;
	}
}

/** A reader that has gone, as with `| head`, is not a failure. */
function writeHelp(text: string): void {
	void write(process.stdout, asTyped(text, callForm()));
}

/** @param writeOut takes help and the version. */
function prepare(program: Commander, noColor: boolean, writeOut: (text: string) => void): void {
	for (const command of [program, ...program.commands.flatMap((child) => [child, ...child.commands])]) {
		command.exitOverride();
		command.configureOutput({
			writeOut,
			writeErr: (text) => void process.stderr.write(asTyped(text, callForm())),
			// Written by main, in the form of all errors.
			outputError: () => undefined,
			getOutHasColors: () => lookOf(process.stdout, process.env, noColor).color,
			getErrHasColors: () => lookOf(process.stderr, process.env, noColor).color,
		});
	}
}

const firstWords = [...new Set(commands.map(({ name }) => name.split(" ")[0] ?? name))];

function callForm(): CallForm {
	const program = calledAs({ script: process.argv[1], env: process.env, cwd: process.cwd() });
	return { program, commands: firstWords };
}

/** Sentences in lines that fit, where the stream is a terminal. */
function fitted(text: string, stream: NodeJS.WriteStream): string {
	return wrapProse(text, screenWidth(stream), callForm().program);
}

/** What commander refused, in the form of all errors; `next` is the help of the command that was meant. */
function wrongUsage(error: CommanderError, argv: readonly string[]): PipelineError {
	const next = `pipeline-cli ${meantCommand(argv)}--help`;
	if (error.code === "commander.help") {
		const fix = "Choose one of the commands listed in its help.";
		return new PipelineError("usage", { what: "The command is incomplete.", fix, next });
	}
	const unknown = unknownSubcommand(error, argv);
	if (unknown !== undefined) return unknown;
	const [what = "", ...more] = error.message.replace(/^error: /, "").split("\n");
	return new PipelineError("usage", {
		what: `${what.charAt(0).toUpperCase()}${what.slice(1).replace(/\.$/, "")}.`,
		fix:
			more
				.join(" ")
				.trim()
				.replace(/^\((.*)\)$/, "$1") || "List the commands and options.",
		next,
	});
}

/** A word after a command that takes none, where commands begin with that one: commander counts it as an argument. */
function unknownSubcommand(error: CommanderError, argv: readonly string[]): PipelineError | undefined {
	const parent = meantCommand(argv).trimEnd();
	const below = commands.flatMap(({ name }) => (name.startsWith(`${parent} `) ? [name.slice(parent.length + 1)] : []));
	if (error.code !== "commander.excessArguments" || parent === "" || below.length === 0) return undefined;
	const word = argv.filter((one) => !one.startsWith("-"))[parent.split(" ").length] ?? "";
	return new PipelineError("usage", {
		what: `Unknown command '${parent} ${word}'.`,
		fix: didYouMean(word, below, `It takes no argument; below it there is ${below.join(", ")}.`),
		next: `pipeline-cli ${parent} --help`,
	});
}

/** The first words of a call that are a command, with a blank behind; empty where there is none. */
function meantCommand(argv: readonly string[]): string {
	const words = argv.filter((word) => !word.startsWith("-"));
	const known = [words.slice(0, 2), words.slice(0, 1)].map((some) => some.join(" "));
	const found = known.find((name) =>
		commands.some((command) => command.name === name || command.name.startsWith(`${name} `)),
	);
	return found === undefined || found === "" ? "" : `${found} `;
}

/** Calls a command's function, with all that it needs, and shows its result or its error. */
async function runCommand(command: Command, { args, options }: Line, leave: Leave): Promise<number> {
	const { json, quiet } = options;
	const out = lookOf(process.stdout, process.env, !options.color);
	const err = lookOf(process.stderr, process.env, !options.color);
	chalk.level = out.color || err.color ? 2 : 0;
	const typed = (text: string): string => asTyped(text, { ...callForm(), stack: options.stack });
	const words = { typed, fitted: (text: string) => fitted(text, process.stderr) };
	const reporter = quiet ? new QuietReporter(process.stderr, words) : new StreamReporter(process.stderr, err, words);
	if (options.verbose || logIsAskedFor()) logTo((line) => reporter.log(line));
	const abort = new AbortController();
	const { signal } = abort;
	const ongoing = new Map<string, Ongoing>();
	const release = abortOnInterrupt({
		name: command.name,
		abort,
		timeout: options.timeout ?? (isEndless(command, options) ? undefined : (command.timeout ?? usualTimeout)),
		reporter,
		ongoing,
		leave: (code) => {
			reporter.close();
			leave(code);
		},
	});
	const plan = options.dryRun === true ? new Plan() : undefined;
	let found: Stack | undefined;
	/** Of the stack that the command acts on. */
	let stackName: string | undefined;
	/** Also without a stack, as when there is none yet. */
	let onThisMachine = false;
	const invocation: Invocation = {
		args,
		options,
		context: { reporter, signal, ongoing },
		json,
		interactive: !json && process.stdin.isTTY === true && process.stderr.isTTY === true,
		print: async (text) => {
			// Data and progress may share a terminal, also where data go there through a pipe.
			reporter.close();
			if (json || (await write(process.stdout, out.color ? text : stripAnsi(text)))) return;
			abort.abort(cancelled("The reader of the output has closed it."));
		},
		stack: async () => {
			const { stack, outputs, profile, region } = options;
			found = await findStack({ stack, outputs, profile, region, plan, signal });
			stackName = found.name;
			onThisMachine ||= found.engine === "local";
			return found;
		},
		localHost: async (name) => {
			onThisMachine = true;
			const host = await localHost(name ?? options.stack);
			if (name === undefined && command.stackless === undefined) stackName ??= host.name;
			return host;
		},
		commands,
	};
	try {
		requireApplying(command, options);
		const run = await command.load();
		for (;;) {
			signal.throwIfAborted();
			const work =
				plan === undefined
					? run(invocation)
					: dryRun(
							() => run(invocation),
							plan,
							() => stackName,
						);
			const result = await unlessHung(work, signal, () => !onThisMachine);
			reporter.close();
			await (json
				? writeJson(result.json, stackName)
				: show(
						{ ...result, text: isData(result) ? result.text : fitted(typed(result.text), process.stdout) },
						out,
						release,
					));
			if (result.again === undefined) return result.outcome === undefined ? exitCodes.ok : exitCodes[result.outcome];
			await sleep(result.again * 1000, signal);
		}
	} catch (error) {
		reporter.close();
		const shown = asPipelineError(error, signal, command);
		// Ctrl-C is how a watch ends.
		if (options.watch === true && shown instanceof PipelineError && shown.outcome === "cancelled") return exitCodes.ok;
		if (json) await writeJson(errorJson(shown), stackName);
		process.stderr.write(words.fitted(typed(errorText(shown, err.color))));
		if (!signal.aborted) for (const { what } of ongoing.values()) reporter.warn(`Still running on AWS: ${what}`);
		return shown instanceof PipelineError ? exitCodes[shown.outcome] : exitCodes.failure;
	} finally {
		release();
		logTo(undefined);
	}
}

/** @throws PipelineError where an option names a stack, or an account of AWS, to a command that acts on none. */
function requireApplying(command: Command, options: Line["options"]): void {
	const { name } = command;
	const given = notApplying(command).find((one) => options[one] !== undefined);
	if (given === undefined) return;
	throw new PipelineError("usage", {
		what: `--${given} does not apply to ${name}.`,
		why:
			given === "stack"
				? `${name} does the same for every stack.`
				: `${name} acts only on this machine; --${given} is for stacks on AWS.`,
		fix: "Leave it out.",
		next: `pipeline-cli ${name} --help`,
	});
}

/** Whether the command runs until it is stopped, by an option that it was given. */
function isEndless({ endless = [] }: Command, options: Line["options"]): boolean {
	const given = new Set(Object.entries(options).flatMap(([name, value]) => (value ? [name] : [])));
	return given.has("watch") || endless.some((name) => given.has(name));
}

function isData({ verbatim = false, asIs = false }: CommandResult): boolean {
	return verbatim || asIs;
}

/** @param onPager called before a pager has the terminal, and Ctrl-C. */
function show({ text, verbatim = false, again }: CommandResult, look: Look, onPager: () => void): Promise<void> {
	return writeText({ text, verbatim, replaces: again !== undefined }, look, onPager);
}

/** What was aborted ends with the reason of the abort, whatever the interrupted work threw. */
function asPipelineError(error: unknown, signal: AbortSignal, command: Command): unknown {
	if (error instanceof PipelineError) return error;
	if (signal.aborted && signal.reason instanceof PipelineError) return signal.reason;
	return diskFault(error, `pipeline-cli ${command.name}`) ?? error;
}
