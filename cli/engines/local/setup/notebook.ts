import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomic } from "../../../common/fs.ts";
import { toolRoot } from "../../../common/projectRoot.ts";
import type { Context } from "../../port.ts";
import { withLockFile } from "../shared/lockFile.ts";
import type { LocalPaths } from "../shared/paths.ts";
import { runChild } from "./child.ts";
import { setupError } from "./diagnosis.ts";
import { ensurePython, pipEnvironment, pipProgress, pythonBinary } from "./python.ts";

/**
 * Adds what the notebook needs (JupyterLab, matplotlib) to the jobs' Python environment, or finds it there.
 * @returns the environment's Python.
 */
export async function ensureNotebook(context: Context, paths: LocalPaths): Promise<string> {
	await ensurePython(context, paths, false);
	const lock = join(toolRoot, "etl", "requirements-notebook.lock");
	// In the environment, so that it is removed with it.
	const stamp = join(paths.python, "notebook.sha256");
	const wanted = createHash("sha256")
		.update(await readFile(lock))
		.digest("hex");
	const isReady = async (): Promise<boolean> => (await readFile(stamp, "utf8").catch(() => "")) === wanted;
	if (await isReady()) return pythonBinary(paths);
	await context.reporter.task("Install JupyterLab", (update) => {
		const waiting = (pid: number): void => update(`waiting for process ${pid}, which is installing it`);
		return withLockFile(`${paths.python}.lock`, context.signal, waiting, async () => {
			if (await isReady()) return;
			try {
				await runChild(pythonBinary(paths), ["-m", "pip", "install", "--require-hashes", "--no-deps", "-r", lock], {
					log: join(paths.home, "logs", "setup-python-notebook.log"),
					signal: context.signal,
					env: { ...process.env, ...pipEnvironment },
					onLine: (line) => update(pipProgress(line) ?? ""),
				});
			} catch (error) {
				if (context.signal.aborted) throw error;
				throw setupError("JupyterLab could not be installed.", error, "pipeline-cli notebook");
			}
			// JupyterLab runs a script of its own with Node, which would take it for a module after the project's package.json.
			await writeFileAtomic(join(paths.python, "package.json"), '{ "type": "commonjs" }\n');
			await writeFileAtomic(stamp, wanted);
		});
	});
	return pythonBinary(paths);
}
