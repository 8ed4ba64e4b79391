import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { exists } from "../../cli/common/fs.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "..", "..");

/**
 * The Python that has the judges of `requirements.lock`, made on first use and kept in `.pipeline/`.
 *
 * @returns path of the interpreter
 */
export async function validatorPython(): Promise<string> {
	const lock = join(import.meta.dirname, "requirements.lock");
	const hash = createHash("sha256")
		.update(await readFile(lock))
		.digest("hex")
		.slice(0, 16);
	const folder = join(root, ".pipeline", `validators-${hash}`);
	const python = join(folder, "bin", "python");
	// Written last: an environment without it is a half of one.
	const stamp = join(folder, "installed");
	if (await exists(stamp)) return python;
	await rm(folder, { recursive: true, force: true });
	const jobsPython = join(root, ".pipeline", "python", "bin", "python");
	await run((await exists(jobsPython)) ? jobsPython : "python3", ["-m", "venv", folder]);
	await run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", lock]);
	await writeFile(stamp, "");
	return python;
}

/** Runs a Python script of this folder with JSON on its standard input. @returns the JSON that it prints */
export async function judge<T>(script: string, input: unknown): Promise<T> {
	const python = await validatorPython();
	const child = run(python, [join(import.meta.dirname, script)], { maxBuffer: 64 * 1024 * 1024 });
	child.child.stdin?.end(JSON.stringify(input));
	return JSON.parse((await child).stdout) as T;
}
