import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { type Run, usualTimeout } from "./command.ts";
import { commands } from "./commands.ts";
import { PipelineError } from "./common/errors.ts";
import { log } from "./common/log.ts";
import { version } from "./common/version.ts";
import { main as runMain } from "./run.ts";

const written = { out: "", err: "" };
const leave = vi.fn();
const main = (argv: string[]): Promise<number> => runMain(argv, leave);

beforeEach(() => {
	written.out = "";
	written.err = "";
	const capture = (key: "out" | "err") => (text: unknown, done?: unknown) => {
		written[key] += String(text);
		if (typeof done === "function") done();
		return true;
	};
	vi.spyOn(process.stdout, "write").mockImplementation(capture("out") as typeof process.stdout.write);
	vi.spyOn(process.stderr, "write").mockImplementation(capture("err") as typeof process.stderr.write);
});

afterEach(() => {
	vi.restoreAllMocks();
	vi.useRealTimers();
	vi.unstubAllEnvs();
});

/** Timers go when the test says so; `begun` resolves once a command's work has called `begin`. */
function onHeldTime(): { begun: Promise<void>; begin: () => void } {
	vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
	let begin = (): void => undefined;
	const begun = new Promise<void>((resolve) => {
		begin = resolve;
	});
	return { begun, begin };
}

/** Has stdout and stderr be terminals of a width, until the test ends. */
function asTerminals(columns: number): void {
	for (const stream of [process.stdout, process.stderr]) {
		const before = { isTTY: stream.isTTY, columns: stream.columns };
		Object.assign(stream, { isTTY: true, columns });
		onTestFinished(() => void Object.assign(stream, before));
	}
}

/** Puts a function instead of a command's. */
function replace(name: string, run: Run): void {
	const command = commands.find((entry) => entry.name === name);
	if (command === undefined) throw new Error(`no command ${name}`);
	vi.spyOn(command, "load").mockResolvedValue(run);
}

describe("usage", () => {
	it("without arguments shows help on stdout, beginning with what to do first", async () => {
		expect(await main([])).toBe(0);
		expect(written.out).toMatch(/^Start here:\n {2}pipeline-cli demo/);
		expect(written.err).toBe("");
	});
	it("shows commands as the user calls them, also in help and in errors of the command line", async () => {
		vi.stubEnv("npm_command", "exec");
		expect(await main(["query", "--help"])).toBe(0);
		expect(written.out).toContain('\n  npx pipeline-cli query "SELECT');
		expect(written.out).toContain("Usage: npx pipeline-cli query");
		expect(written.out).not.toMatch(/(?<!npx )pipeline-cli query/);
	});
	it("leaves options of AWS out where they do not apply, and refuses them there", async () => {
		expect(await main(["up", "--help"])).toBe(0);
		expect(written.out).not.toMatch(/--outputs|--profile|--region/);
		expect(written.out).toContain("--stack <name>");
		expect(await main(["query", "--help"])).toBe(0);
		expect(written.out).toContain("--region <name>");
		expect(await main(["down", "--region", "eu-west-1"])).toBe(2);
		expect(written.err).toContain("--region does not apply to down.");
	});
	it.each([[["source"]], [["runs"]], [["query", "--nope"]], [["nope"]], [["logs"]], [["query", "--reuse", "x"]]])(
		"%j is wrong usage: 2, and a document with --json",
		async (argv) => {
			expect(await main(argv)).toBe(2);
			expect(written.out).toBe("");
			expect(await main([...argv, "--json"])).toBe(2);
			const { error } = JSON.parse(written.out);
			expect(error).toMatchObject({ outcome: "usage", exitCode: 2, what: expect.stringMatching(/^[A-Z].*\.?$/) });
		},
	);
	it.each(commands.map(({ name, timeout = usualTimeout }) => [name, timeout]))(
		"%s --help shows its examples first, and its own timeout of %s",
		async (name, timeout) => {
			expect(await main([...name.split(" "), "--help"])).toBe(0);
			expect(written.out).toMatch(/^Examples:\n {2}# /);
			expect(written.out).toContain(`Usage: pipeline-cli ${name}`);
			expect(written.out.replaceAll(/\s+/g, " ")).toContain(`for example 90s (default: ${timeout})`);
		},
	);
	it("--verbose stands in the help of every command, and in every shell's completion", async () => {
		expect(await main(["--help"])).toBe(0);
		expect(await main(["status", "--help"])).toBe(0);
		expect(written.out.match(/--verbose {2,}print a JSON line to stderr/g)).toHaveLength(2);
		for (const shell of ["bash", "zsh", "fish"]) {
			written.out = "";
			expect(await main(["completion", shell])).toBe(0);
			expect(written.out).toMatch(/(--|-l )verbose\b/);
		}
	});
	it("an unknown command ends with 2 and names the one that was meant", async () => {
		expect(await main(["stauts"])).toBe(2);
		expect(written.err).toBe(
			"error: Unknown command 'stauts'.\n  fix:  Did you mean status?\n  next: pipeline-cli --help\n",
		);
		expect(written.out).toBe("");
	});
	it.each([
		[["query", "--nmae", "x"], "Unknown option '--nmae'.", "Did you mean --name?", "pipeline-cli query --help"],
		[["logs"], "Missing required argument 'part'.", "List the commands and options.", "pipeline-cli logs --help"],
		[
			["runs", "show", "a", "b"],
			/^Too many arguments/,
			"List the commands and options.",
			"pipeline-cli runs show --help",
		],
	])("%j is refused in the form of all errors, with the help of its command", async (argv, what, fix, next) => {
		expect(await main([...argv, "--json"])).toBe(2);
		expect(JSON.parse(written.out).error).toMatchObject({ what: expect.stringMatching(what), fix, next });
		expect(written.err).toContain(`  next: ${next}\n`);
	});
	it("with --json is a document on stdout, too", async () => {
		expect(await main(["stauts", "--json"])).toBe(2);
		expect(JSON.parse(written.out)).toEqual({
			error: {
				outcome: "usage",
				exitCode: 2,
				what: "Unknown command 'stauts'.",
				fix: "Did you mean status?",
				next: "pipeline-cli --help",
			},
		});
	});
	it("help and the version are documents with --json, too", async () => {
		expect(await main(["--version", "--json"])).toBe(0);
		expect(JSON.parse(written.out)).toEqual({ version });
		written.out = "";
		expect(await main(["query", "--help", "--json"])).toBe(0);
		expect(JSON.parse(written.out)).toEqual({ help: expect.stringContaining("Usage: pipeline-cli query") });
	});
	it.each([
		["ulr", "Did you mean url? It takes no argument; below it there is url."],
		["nothing", "It takes no argument; below it there is url."],
	])("dashboard %s is an unknown command, although dashboard is one", async (word, fix) => {
		expect(await main(["dashboard", word, "--json"])).toBe(2);
		const what = `Unknown command 'dashboard ${word}'.`;
		expect(JSON.parse(written.out).error).toMatchObject({ what, fix, next: "pipeline-cli dashboard --help" });
	});
	it.each(["setup", "completion"])("%s acts on no stack, and takes none", async (name) => {
		expect(await main([name, "--help"])).toBe(0);
		expect(written.out).not.toContain("--stack");
		const argv = name === "setup" ? [name] : [name, "bash"];
		expect(await main([...argv, "--stack", "local-x"])).toBe(2);
		expect(written.err).toContain(`--stack does not apply to ${name}.\n  why:  ${name} does the same for every stack.`);
	});
	it("a wrong option value ends with 2 and says what it takes", async () => {
		expect(await main(["clicks", "send", "--records", "many"])).toBe(2);
		expect(written.err).toContain("It must be a whole number from 1 to 1000000000.");
	});
	it("a wrong timeout ends with 2", async () => {
		replace("status", async () => ({ json: {}, text: "" }));
		expect(await main(["status", "--timeout", "soon"])).toBe(2);
		expect(written.err).toContain("--timeout soon is not a duration.");
	});
});

describe("a command's result", () => {
	it("goes to stdout as text, progress to stderr", async () => {
		replace("status", async ({ context }) => {
			await context.reporter.task("Look around", async (update) => update("3 things"));
			return { json: { a: 1 }, text: "all well" };
		});
		expect(await main(["status"])).toBe(0);
		expect(written.out).toBe("all well\n");
		expect(written.err).toMatch(/Look around …\n.*✓ Look around 3 things \(0\.\d s\)\n$/s);
	});
	it("is apart from the lines of the log, which go to stderr", async () => {
		replace("status", async () => {
			log({ event: "duckdb", sql: "SELECT 1", ms: 1 });
			return { json: { a: 1 }, text: "all well" };
		});
		expect(await main(["status", "--json"])).toBe(0);
		expect(written.err).toBe("");
		for (const how of ["--verbose", "PIPELINE_LOG"]) {
			written.out = "";
			written.err = "";
			if (how === "PIPELINE_LOG") vi.stubEnv(how, "debug");
			expect(await main(how === "--verbose" ? ["status", "--json", how] : ["status", "--json"])).toBe(0);
			expect(JSON.parse(written.out)).toEqual({ a: 1 });
			expect(JSON.parse(written.err)).toMatchObject({ event: "duckdb", sql: "SELECT 1" });
		}
	});
	it("goes to stdout as one JSON document with --json", async () => {
		replace("status", async () => ({ json: { a: 1 }, text: "all well" }));
		expect(await main(["status", "--json"])).toBe(0);
		expect(JSON.parse(written.out)).toEqual({ a: 1 });
	});
	it("names the local stack that a command makes or removes in its document", async () => {
		replace("up", async ({ localHost }) => {
			await localHost();
			return { json: { a: 1 }, text: "up" };
		});
		expect(await main(["up", "--stack", "local-two", "--json"])).toBe(0);
		expect(JSON.parse(written.out)).toEqual({ stack: "local-two", a: 1 });
	});
	it("has its sentences broken between words on a terminal, its errors too; data stay as they are", async () => {
		const long = "Many words that are together too long for a line of a terminal";
		replace("status", async () => ({ json: {}, text: long }));
		replace("query", async () => ({ json: {}, text: long, asIs: true }));
		asTerminals(40);
		vi.stubEnv("NO_COLOR", "1");
		await main(["status"]);
		expect(written.out).toBe("Many words that are together too long\nfor a line of a terminal\n");
		written.out = "";
		await main(["query", "SELECT 1"]);
		expect(written.out).toBe(`${long}\n`);
		await main(["up", "--region", "eu-west-1"]);
		expect(written.err).toContain("  why:  up acts only on this machine;\n        --region");
	});
	it("says nothing on stderr with --quiet but warnings", async () => {
		replace("status", async ({ context }) => {
			await context.reporter.task("Look around", async () => undefined);
			context.reporter.note("by the way");
			context.reporter.warn("mind the gap");
			return { json: {}, text: "" };
		});
		expect(await main(["status", "--quiet"])).toBe(0);
		expect(written.err).toBe("warning: mind the gap\n");
	});
	it("with a verdict ends with the verdict's code, and is shown all the same", async () => {
		replace("verify-cdc", async () => ({ json: {}, text: "they differ", outcome: "dataDiffer" }));
		expect(await main(["verify-cdc"])).toBe(10);
		expect(written.out).toBe("they differ\n");
	});
	it("has no colour off a terminal", async () => {
		replace("status", async () => ({ json: {}, text: "\u001b[31mred\u001b[39m" }));
		await main(["status"]);
		expect(written.out).toBe("red\n");
	});
	it("of a watch is shown again and again, until Ctrl-C", async () => {
		let looks = 0;
		replace("status", async () => {
			looks += 1;
			if (looks === 3) process.emit("SIGINT");
			return { json: {}, text: `look ${looks}`, again: 0.01 };
		});
		expect(await main(["status", "--watch"])).toBe(0);
		expect(written.out).toBe("look 1\nlook 2\nlook 3\n");
	});
	it("that is data is not changed by a byte", async () => {
		replace("query", async () => ({ json: {}, text: "a\r\n\u001b[31mred", verbatim: true }));
		await main(["query", "SELECT 1"]);
		expect(written.out).toBe("a\r\n\u001b[31mred");
	});
	it("gets every argument and option", async () => {
		const command = vi.fn(async () => ({ json: {}, text: "" }));
		replace("run-etl", command);
		await main(["run-etl", "process-load", "apply-changes", "--timeout", "5m"]);
		expect(command).toHaveBeenCalledWith(
			expect.objectContaining({
				args: { jobs: ["process-load", "apply-changes"] },
				options: expect.objectContaining({ timeout: "5m" }),
				json: false,
			}),
		);
	});
});

describe("an error", () => {
	const broken = new PipelineError("serviceRefused", {
		what: "It was refused.",
		why: "Someone else has it.",
		fix: "Wait.",
		next: "pipeline-cli status",
	});
	it("says what, why, how to fix and what to run, and ends with its code", async () => {
		replace("status", async () => {
			throw broken;
		});
		expect(await main(["status"])).toBe(4);
		expect(written.err).toBe(
			"error: It was refused.\n  why:  Someone else has it.\n  fix:  Wait.\n  next: pipeline-cli status\n",
		);
		expect(written.out).toBe("");
	});
	it("is a document on stdout with --json", async () => {
		replace("status", async () => {
			throw broken;
		});
		expect(await main(["status", "--json"])).toBe(4);
		expect(JSON.parse(written.out)).toEqual({
			error: { outcome: "serviceRefused", exitCode: 4, ...broken.text },
		});
	});
	it("of a full disk says so, and what to repeat", async () => {
		replace("run-etl", async () => {
			throw Object.assign(new Error("ENOSPC: no space left on device, mkdir '/lake/runs'"), { code: "ENOSPC" });
		});
		expect(await main(["run-etl"])).toBe(1);
		expect(written.err).toBe(
			"error: The disk is full.\n  why:  ENOSPC: no space left on device, mkdir '/lake/runs'\n  fix:  Free some space, then repeat the command.\n  next: pipeline-cli run-etl\n",
		);
	});
	it("of ours has no stack trace unless asked for", async () => {
		replace("status", async () => {
			throw new TypeError("x is not a function");
		});
		expect(await main(["status"])).toBe(1);
		expect(written.err).toContain("error: x is not a function");
		expect(written.err).not.toContain("run.test.ts");
		vi.stubEnv("PIPELINE_DEBUG", "1");
		await main(["status"]);
		expect(written.err).toContain("run.test.ts");
	});
	it("at the timeout ends with 9, whatever the interrupted work threw", async () => {
		replace("status", async ({ context }) => {
			await new Promise((_, reject) => context.signal.addEventListener("abort", () => reject(new Error("torn off"))));
			return { json: {}, text: "" };
		});
		expect(await main(["status", "--timeout", "20ms"])).toBe(9);
		expect(written.err).toContain("status did not end within 20ms.");
	});
	it("at the timeout ends with 9 within two seconds, also where the work never ends", async () => {
		const { begun, begin } = onHeldTime();
		replace("status", () => new Promise(begin));
		const code = main(["status", "--timeout", "20ms"]);
		await begun;
		await vi.advanceTimersByTimeAsync(2_000);
		expect(await code).toBe(9);
	});
	it.each(["demo", "down", "setup"])(
		"of %s waits until what runs on this machine is ended, however long that takes",
		async (name) => {
			const { begun, begin } = onHeldTime();
			replace(name, async ({ localHost, context: { signal } }) => {
				await localHost();
				const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
				begin();
				await aborted;
				await new Promise((resolve) => setTimeout(resolve, 30_000));
				throw signal.reason;
			});
			const left = vi.fn();
			const code = main([name, "--timeout", "20ms"]).finally(left);
			await begun;
			await vi.advanceTimersByTimeAsync(30_010);
			expect(left).not.toHaveBeenCalled();
			await vi.advanceTimersByTimeAsync(10);
			expect(await code).toBe(9);
			expect(written.err).toContain(`${name} did not end within 20ms.`);
		},
	);
	it("does not come before a timeout that is longer than a timer holds", async () => {
		replace("status", async ({ context }) => {
			await new Promise((resolve) => setTimeout(resolve, 20));
			context.signal.throwIfAborted();
			return { json: {}, text: "" };
		});
		expect(await main(["status", "--timeout", "1000h"])).toBe(0);
	});
	it("on a second Ctrl-C leaves immediately with 130", async () => {
		replace("run-etl", async ({ context }) => {
			await new Promise((resolve) => {
				leave.mockImplementation(resolve);
				process.emit("SIGINT");
				process.emit("SIGINT");
			});
			throw context.signal.reason;
		});
		await main(["run-etl"]);
		expect(leave).toHaveBeenCalledExactlyOnceWith(130);
	});
	it("on Ctrl-C ends with 8 and says how to go on", async () => {
		replace("run-etl", async ({ context }) => {
			await new Promise((_, reject) => {
				context.signal.addEventListener("abort", () => reject(context.signal.reason));
				process.emit("SIGINT");
			});
			return { json: {}, text: "" };
		});
		expect(await main(["run-etl"])).toBe(8);
		expect(written.err).toContain("next: pipeline-cli run-etl");
	});
});
