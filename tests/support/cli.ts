import { spawn } from "node:child_process";
import { mkdir, symlink } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { expect } from "vitest";
import { commands } from "../../cli/commands.ts";
import { projectRoot } from "../../cli/common/projectRoot.ts";

export interface CliResult {
	code: number | null;
	signal: NodeJS.Signals | null;
	stdout: string;
	stderr: string;
}

export interface RunningCli {
	pid: number;
	ended: Promise<CliResult>;
	kill(signal: NodeJS.Signals): void;
	/** What was written so far. */
	output(): { stdout: string; stderr: string };
}

/** The bundled CLI as it is installed: what it asks to run, it calls `pipeline-cli`. */
export const installedCli = join(projectRoot, "node_modules", ".bin", "pipeline-cli");

export function withCliOnPath(): { PATH: string } {
	return { PATH: [dirname(installedCli), process.env.PATH ?? ""].join(delimiter) };
}

/** Members of a command's document that its definition, and with it docs/commands.md, does not have. */
export function undocumentedMembers(args: readonly string[], document: unknown): string[] {
	const named = commands.filter(({ name }) => `${args.join(" ")} `.startsWith(`${name} `));
	// `dashboard url` is not `dashboard`.
	const command = named.sort((one, other) => other.name.length - one.name.length)[0];
	const known = ["stack", ...Object.keys(command?.json ?? {})];
	return Object.keys(document as object).filter((member) => !known.includes(member));
}

/** A local stack of a test's own, in a temporary folder; it shares the project's Python environment. */
export class CliStack {
	readonly home: string;
	readonly #running = new Set<RunningCli>();

	private constructor(home: string) {
		this.home = home;
	}

	static async create(home: string): Promise<CliStack> {
		await mkdir(home, { recursive: true });
		await symlink(join(projectRoot, ".pipeline", "python"), join(home, "python"));
		return new CliStack(home);
	}

	/**
	 * Starts the bundled CLI, as a user does.
	 * @param reader "gone": nobody reads its stdout, as behind `| head -0`.
	 */
	start(args: readonly string[], env: Record<string, string> = {}, reader: "all" | "gone" = "all"): RunningCli {
		const child = spawn(process.execPath, [installedCli, ...args], {
			stdio: ["ignore", "pipe", "pipe"],
			env: { ...process.env, ...withCliOnPath(), CI: "", PIPELINE_HOME: this.home, ...env },
		});
		const output = { stdout: "", stderr: "" };
		if (reader === "gone") child.stdout.destroy();
		child.stdout.on("data", (chunk: Buffer) => {
			output.stdout += chunk.toString();
		});
		child.stderr.on("data", (chunk: Buffer) => {
			output.stderr += chunk.toString();
		});
		const running: RunningCli = {
			pid: child.pid ?? 0,
			ended: new Promise((resolve, reject) => {
				child.once("error", reject);
				child.once("close", (code, signal) => {
					this.#running.delete(running);
					resolve({ code, signal, ...output });
				});
			}),
			kill: (signal) => void child.kill(signal),
			output: () => ({ ...output }),
		};
		this.#running.add(running);
		return running;
	}

	async run(args: readonly string[], env: Record<string, string> = {}): Promise<CliResult> {
		return this.start(args, env).ended;
	}

	/** Runs with `--json` and expects success. */
	async json<T>(args: readonly string[], env: Record<string, string> = {}): Promise<T> {
		const result = await this.run([...args, "--json"], env);
		if (result.code !== 0) {
			throw new Error(`pipeline-cli ${args.join(" ")} ended with ${result.code}:\n${result.stdout}\n${result.stderr}`);
		}
		const document = JSON.parse(result.stdout) as T;
		expect(undocumentedMembers(args, document)).toEqual([]);
		return document;
	}

	/** Ends all that the stack runs. */
	async end(): Promise<void> {
		for (const running of this.#running) {
			running.kill("SIGKILL");
			await running.ended;
		}
		await this.run(["down"]);
	}
}
