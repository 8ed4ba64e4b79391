import { readdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import type { Definition } from "../../etl/definition/definition.ts";
import { PipelineError } from "../common/errors.ts";
import { spawn } from "../common/process/childProcess.ts";
import { toolRoot } from "../common/projectRoot.ts";
import type { Context, Stack } from "../engines/port.ts";

/** The helper that notebooks import, and the notebook of pipelines that have none of their own. */
export const sharedNotebooks = join(toolRoot, "etl", "notebooks");

/** JupyterLab, for as long as its standard input is open. */
const server = join(toolRoot, "etl", "notebook_server.py");

/** A folder of notebooks. */
export interface Notebooks {
	folder: string;
	/** The one that is opened first; undefined where there are several to choose from. */
	file?: string;
}

/** The notebooks beside the definition, else the one that lists the tables of any pipeline. */
export async function notebooksOf({ folder }: Pick<Definition, "folder">): Promise<Notebooks> {
	const own = join(folder, "notebooks");
	const names = (await readdir(own).catch(() => [])).filter((name) => name.endsWith(".ipynb"));
	const [only, second] = names;
	if (only === undefined) return { folder: sharedNotebooks, file: "tables.ipynb" };
	return second === undefined ? { folder: own, file: only } : { folder: own };
}

/**
 * Runs JupyterLab with the notebooks, on 127.0.0.1, until it ends or Ctrl-C. Its address and its warnings go to stderr. The
 * notebook's queries act on the stack.
 * @param python one that has JupyterLab.
 */
export async function runNotebook(
	python: string,
	stack: Stack,
	{ folder, file }: Notebooks,
	options: { open: boolean },
	{ signal }: Context,
): Promise<void> {
	signal.throwIfAborted();
	const args = [
		...[server, "--ServerApp.ip=127.0.0.1", "--log-level=WARN"],
		`--ServerApp.root_dir=${folder}`,
		// So that the address shown leads to the notebook, too: it may be opened by hand.
		`--LabApp.default_url=${file === undefined ? "/lab" : `/lab/tree/${encodeURIComponent(file)}`}`,
		// Else it asks a package registry for newer versions of itself, while the lock file names the one that runs.
		"--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
		// Its own news are nothing that the reader came for, nor are packages that it could install.
		...["--LabApp.news_url=None", "--LabApp.extension_manager=readonly", "--LabApp.log_level=WARN"],
		// Else kernels send code and results in the clear over a port, and warn of it.
		"--KernelManager.transport_encryption=auto",
	];
	if (!options.open) args.push("--no-browser");
	// As root (in a container) JupyterLab does not start without it.
	if (process.getuid?.() === 0) args.push("--allow-root");
	// In a group of its own: Ctrl-C reaches it as SIGTERM, on which it ends without asking back.
	const child = spawn(python, args, {
		// Closed by the system when this process ends, however that ends: the server ends with it.
		stdio: ["pipe", 2, 2],
		detached: true,
		env: { ...process.env, PIPELINE_STACK: stack.name, PYTHONPATH: pythonPath() },
	});
	const stop = (): void => void child.kill("SIGTERM");
	signal.addEventListener("abort", stop, { once: true });
	try {
		const code = await new Promise<number | null>((resolve, reject) => {
			child.once("error", reject);
			child.once("close", resolve);
		});
		if (signal.aborted) {
			if (signal.reason instanceof PipelineError && signal.reason.outcome !== "cancelled") throw signal.reason;
		} else if (code !== 0) {
			throw new PipelineError("failure", {
				what: `JupyterLab ended with ${code}.`,
				fix: "The reason is in its last lines above.",
				next: "pipeline-cli notebook",
			});
		}
	} finally {
		signal.removeEventListener("abort", stop);
	}
}

/** Where notebooks find `pipeline_sql`, wherever they are. */
function pythonPath(): string {
	return [sharedNotebooks, process.env.PYTHONPATH ?? ""].filter((path) => path !== "").join(delimiter);
}
