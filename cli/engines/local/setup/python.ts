import { createHash } from "node:crypto";
import { mkdir, readFile, rm, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { bug, PipelineError } from "../../../common/errors.ts";
import { writeFileAtomic } from "../../../common/fs.ts";
import { type JsonKind, readJsonFileIfGood } from "../../../common/jsonFile.ts";
import { outputOf } from "../../../common/process/childProcess.ts";
import { toolRoot } from "../../../common/projectRoot.ts";
import type { Context } from "../../port.ts";
import { withLockFile } from "../shared/lockFile.ts";
import type { LocalPaths } from "../shared/paths.ts";
import { runChild } from "./child.ts";
import { setupError } from "./diagnosis.ts";
import { ensureInterpreter } from "./interpreter.ts";

/** Bytes that the environment takes while it is made; the finished one is about 900 MB. */
const neededBytes = 2 * 2 ** 30;

/** Written when an installation is whole: an environment without it is made again. */
const stampSchema = z.object({
	python: z.string().min(1),
	/** SHA-256 of the lock files that were installed. */
	requirements: z.string(),
	devRequirements: z.string().nullable(),
});

type Stamp = z.infer<typeof stampSchema>;

/** How the stamp is read. */
export const stampFileKind: JsonKind<Stamp> = {
	name: "The version record of the jobs' Python environment",
	schema: stampSchema,
	remedy: () => ({ fix: "Install the environment again.", next: "pipeline-cli setup" }),
};

/** The interpreter of the jobs' environment. */
export function pythonBinary(paths: LocalPaths): string {
	return join(paths.python, "bin", "python");
}

/**
 * Makes the jobs' Python environment from etl/requirements.lock, or finds it whole.
 * @param dev also installs etl/requirements-dev.lock.
 * @throws PipelineError with pip's last lines and, where it is known, the cause.
 */
export async function ensurePython(context: Context, paths: LocalPaths, dev: boolean): Promise<"installed" | "ready"> {
	const wanted = await wantedRequirements(dev);
	if (await isReady(paths, wanted)) return "ready";
	return context.reporter.task("Install the jobs' Python environment", async (update) => {
		const waiting = (pid: number): void => update(`waiting for process ${pid}, which is installing it`);
		return withLockFile(`${paths.python}.lock`, context.signal, waiting, async () => {
			if (await isReady(paths, wanted)) return "ready";
			try {
				await install(context, paths, wanted, update);
			} catch (error) {
				throw context.signal.aborted ? error : setupError("The Python environment could not be created.", error);
			}
			return "installed";
		});
	});
}

async function install(
	context: Context,
	paths: LocalPaths,
	wanted: Requirements,
	update: (detail: string) => void,
): Promise<void> {
	const logs = join(paths.home, "logs");
	const pip = (step: string, args: readonly string[]): Promise<void> =>
		runChild(pythonBinary(paths), ["-m", "pip", "install", "--require-hashes", "--no-deps", ...args], {
			log: join(logs, `setup-python-${step}.log`),
			signal: context.signal,
			env: { ...process.env, ...pipEnvironment },
			onLine: (line) => {
				const progress = pipProgress(line);
				if (progress !== undefined) update(progress);
			},
		});
	const found = await readStamp(paths);
	const hasBase = found?.requirements === wanted.base.hash && (await environmentVersion(paths)) === found.python;
	await rm(stampFile(paths), { force: true });
	if (!hasBase) {
		await checkSpace(paths);
		const interpreter = await ensureInterpreter(context, logs);
		update(`Python ${interpreter.version}`);
		await rm(paths.python, { recursive: true, force: true });
		await runChild(interpreter.command, ["-m", "venv", paths.python], {
			log: join(logs, "setup-python-venv.log"),
			signal: context.signal,
		});
		// pyspark is published as source only. It is built with the locked setuptools instead of whatever is newest.
		await writeFileAtomic(join(paths.python, "build.lock"), lockEntry(wanted.base.text, "setuptools"));
		await pip("build", ["-r", join(paths.python, "build.lock")]);
		await pip("packages", ["--no-build-isolation", "--use-pep517", "-r", wanted.base.path]);
	}
	if (wanted.dev !== undefined) await pip("dev", ["-r", wanted.dev.path]);
	const version = await environmentVersion(paths);
	if (version === "") {
		throw new PipelineError("failure", {
			what: `${pythonBinary(paths)} does not run, although it was just installed.`,
			why: "It does not report its version.",
			fix: "Run it by hand to see the reason.",
			next: `${pythonBinary(paths)} --version`,
		});
	}
	const stamp: Stamp = {
		python: version,
		requirements: wanted.base.hash,
		devRequirements: wanted.dev?.hash ?? null,
	};
	await writeFileAtomic(stampFile(paths), `${JSON.stringify(stamp)}\n`);
	update(`Python ${version}`);
}

/** A user's own pip settings of the index stay; those that would put packages elsewhere do not. */
export const pipEnvironment = {
	PIP_DISABLE_PIP_VERSION_CHECK: "1",
	PIP_NO_INPUT: "1",
	PIP_PROGRESS_BAR: "off",
	PIP_USER: "0",
	PIP_TARGET: undefined,
	PIP_PREFIX: undefined,
	PYTHONPATH: undefined,
	PYTHONHOME: undefined,
};

/** @returns what a person learns from a line of pip's output, undefined where that is nothing. */
export function pipProgress(line: string): string | undefined {
	const [, download] = /^\s*Downloading (\S+.*)$/.exec(line) ?? [];
	if (download !== undefined) return `downloading ${download.replace(/-py\S+\.whl|-cp\S+\.whl|\.tar\.gz/, "")}`;
	const [, collected] = /^Collecting ([\w.-]+)/.exec(line) ?? [];
	if (collected !== undefined) return collected;
	const [, built] = /^Building wheels? for (?:collected packages: )?([\w.-]+)/.exec(line) ?? [];
	if (built !== undefined) return `building ${built}`;
	return line.startsWith("Installing collected packages") ? "installing" : undefined;
}

/** @returns one package's lines of a lock file: its version and hashes. */
export function lockEntry(lock: string, name: string): string {
	const lines = lock.split("\n");
	const start = lines.findIndex((line) => line.startsWith(`${name}==`));
	if (start < 0) throw bug(`etl/requirements.lock has no ${name}`);
	const length = lines.slice(start + 1).findIndex((line) => !line.startsWith("    --hash="));
	return `${lines.slice(start, start + 1 + length).join("\n")}\n`;
}

interface LockFile {
	path: string;
	text: string;
	hash: string;
}

interface Requirements {
	base: LockFile;
	dev: LockFile | undefined;
}

async function wantedRequirements(dev: boolean): Promise<Requirements> {
	return {
		base: await readLock("requirements.lock"),
		dev: dev ? await readLock("requirements-dev.lock") : undefined,
	};
}

async function readLock(name: string): Promise<LockFile> {
	const path = join(toolRoot, "etl", name);
	const text = await readFile(path, "utf8");
	return { path, text, hash: createHash("sha256").update(text).digest("hex") };
}

/** Whether the environment is whole, and what was found. */
export async function environmentState(paths: LocalPaths): Promise<{ ready: boolean; found: string }> {
	if (await isReady(paths, await wantedRequirements(false))) {
		return { ready: true, found: `Python ${await environmentVersion(paths)}` };
	}
	const stamp = await readStamp(paths);
	if (stamp === undefined) return { ready: false, found: "not installed completely" };
	const version = await environmentVersion(paths);
	if (version !== stamp.python) {
		return {
			ready: false,
			found: `made with Python ${stamp.python}, ${version === "" ? "which does not run" : `now ${version}`}`,
		};
	}
	return { ready: false, found: "packages from another version of pipeline-cli" };
}

async function isReady(paths: LocalPaths, wanted: Requirements): Promise<boolean> {
	const stamp = await readStamp(paths);
	if (stamp?.requirements !== wanted.base.hash) return false;
	if (wanted.dev !== undefined && stamp.devRequirements !== wanted.dev.hash) return false;
	// Fails where the Python that the environment was made with has been removed or replaced.
	return (await environmentVersion(paths)) === stamp.python;
}

/** A damaged stamp is none: the environment is then installed again. */
async function readStamp(paths: LocalPaths): Promise<Stamp | undefined> {
	return readJsonFileIfGood(stampFile(paths), stampFileKind);
}

function stampFile(paths: LocalPaths): string {
	return join(paths.python, "installed.json");
}

/** @returns the version of the environment's Python, empty where it does not run. */
async function environmentVersion(paths: LocalPaths): Promise<string> {
	try {
		const print = 'import sys; print("%d.%d.%d" % sys.version_info[:3])';
		return (await outputOf(pythonBinary(paths), ["-I", "-S", "-c", print])).stdout.trim();
	} catch {
		return "";
	}
}

async function checkSpace(paths: LocalPaths): Promise<void> {
	// Stacks share it, so that it may be on another disk than this one's folder.
	const folder = dirname(paths.python);
	await mkdir(folder, { recursive: true });
	const { bavail, bsize } = await statfs(folder);
	if (bavail * bsize >= neededBytes) return;
	throw new PipelineError("failure", {
		what: `${folder} has too little free space for the Python environment.`,
		why: `The environment needs ${neededBytes / 2 ** 30} GiB; ${((bavail * bsize) / 2 ** 30).toFixed(1)} GiB are free.`,
		fix: "Free some space, or set PIPELINE_HOME to a folder on another disk.",
		next: "pipeline-cli setup",
	});
}
