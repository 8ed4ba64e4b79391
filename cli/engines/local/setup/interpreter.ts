import { PipelineError } from "../../../common/errors.ts";
import { outputOf } from "../../../common/process/childProcess.ts";
import type { Context } from "../../port.ts";
import { aptInstall, canInstall, hasApt } from "./apt.ts";

export interface Interpreter {
	command: string;
	/** For instance `3.11.7`. */
	version: string;
	/** Whether it can make virtual environments with pip: Debian packs that apart. */
	canMakeEnvironments: boolean;
}

/** Versions that etl/requirements.lock is made for, the best one first: AWS Glue 5.1 has 3.11. */
export const supportedVersions = ["3.11", "3.12", "3.10", "3.13"] as const;

const candidates = [...supportedVersions.map((version) => `python${version}`), "python3", "python", "/usr/bin/python3"];

const probe = `
import sys, importlib.util as find
print("%d.%d.%d" % sys.version_info[:3], all(find.find_spec(name) for name in ("venv", "ensurepip")))
`;

/**
 * Finds a Python for the environment; on Debian and Ubuntu, as root, installs what Python lacks for it.
 * @param commands to try, the best one first.
 * @throws PipelineError naming the supported versions and the command that installs one.
 */
export async function ensureInterpreter(
	context: Context,
	logs: string,
	commands: readonly string[] = candidates,
): Promise<Interpreter> {
	const found = await findInterpreters(commands);
	const ready = found.find((interpreter) => interpreter.canMakeEnvironments);
	if (ready !== undefined) return ready;
	const [lacking] = found;
	if (lacking === undefined) throw await noPython(commands);
	const packageName = `python${shortVersion(lacking.version)}-venv`;
	if (await canInstall()) {
		await aptInstall(context, packageName, async () => [packageName], logs);
		const again = (await findInterpreters(commands)).find((interpreter) => interpreter.canMakeEnvironments);
		if (again !== undefined) return again;
	}
	throw new PipelineError("failure", {
		what: `${lacking.command} cannot create virtual environments.`,
		why: "Its modules venv or ensurepip are missing.",
		fix: (await hasApt())
			? `Install them: sudo apt-get install -y ${packageName}`
			: "Install a complete Python, for instance with your package manager or from https://www.python.org/downloads/.",
		next: "pipeline-cli setup",
	});
}

/** Every supported Python, the best one first. */
async function findInterpreters(commands: readonly string[]): Promise<Interpreter[]> {
	const found: Interpreter[] = [];
	for (const command of commands) {
		const interpreter = await look(command);
		if (interpreter === undefined) continue;
		if ((supportedVersions as readonly string[]).includes(shortVersion(interpreter.version))) found.push(interpreter);
	}
	return found;
}

async function look(command: string): Promise<Interpreter | undefined> {
	try {
		const { stdout } = await outputOf(command, ["-I", "-c", probe], { timeout: 20_000 });
		const [version, complete] = stdout.trim().split(" ");
		if (version === undefined || !/^\d+\.\d+\.\d+$/.test(version)) return undefined;
		return { command, version, canMakeEnvironments: complete === "True" };
	} catch {
		// Not there, or a shim of a version manager that has none of this version.
		return undefined;
	}
}

async function noPython(commands: readonly string[]): Promise<PipelineError> {
	const others: string[] = [];
	for (const command of commands) {
		const interpreter = await look(command);
		if (interpreter !== undefined) others.push(`${command} is Python ${interpreter.version}`);
	}
	return new PipelineError("failure", {
		what: "The jobs need Python 3.10, 3.11, 3.12 or 3.13.",
		why: others.length > 0 ? `Found: ${others.join(", ")}.` : "No Python was found.",
		fix: `Install one: ${await installCommand()}`,
		next: "pipeline-cli setup",
	});
}

async function installCommand(): Promise<string> {
	if (process.platform === "darwin") return "brew install python@3.11";
	if (await hasApt()) return "sudo apt-get install -y python3 python3-venv";
	return "python3.11 by your package manager, or see https://www.python.org/downloads/";
}

function shortVersion(version: string): string {
	return version.split(".").slice(0, 2).join(".");
}
