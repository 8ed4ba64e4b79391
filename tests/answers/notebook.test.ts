import { spawn } from "node:child_process";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { describe, expect } from "vitest";
import { notebooksOf, runNotebook, sharedNotebooks } from "../../cli/actions/notebook.ts";
import { PipelineError } from "../../cli/common/errors.ts";
import { poll } from "../../cli/common/poll.ts";
import { isAlive } from "../../cli/common/process/processIdentity.ts";
import { projectRoot } from "../../cli/common/projectRoot.ts";
import type { Stack } from "../../cli/engines/port.ts";
import { it } from "../support/fixtures.ts";

/** How JupyterLab is started and ended; a script plays it, as it is installed only where somebody wants it. */
describe("the notebook's server", () => {
	const stack = { name: "dev" } as Stack;
	const notebooks = { folder: join(projectRoot, "pipelines", "shop", "notebooks"), file: "dashboard.ipynb" };
	let home: string;

	it.beforeEach(({ folder }) => {
		home = folder;
	});

	/** A program in Python's place, in the shell's language. */
	async function python(...lines: string[]): Promise<string> {
		const file = join(home, "python");
		await writeFile(file, `#!/bin/sh\ncd '${home}'\n${lines.join("\n")}\n`);
		await chmod(file, 0o755);
		return file;
	}

	// That a closed terminal and Ctrl-C abort a command: cli/common/process/interrupts.test.ts.
	it("listens on loopback, asks nobody for updates, leads to the notebook, and ends with the command", async ({
		context,
		abort,
	}) => {
		const program = await python(
			"trap 'echo ended > end; exit 0' TERM",
			'echo "$PIPELINE_STACK $PYTHONPATH $*" > started.new',
			"mv started.new started",
			"while true; do sleep 0.1; done",
		);
		const running = runNotebook(program, stack, notebooks, { open: false }, context);
		const started = (): Promise<string> => readFile(join(home, "started"), "utf8").catch(() => "");
		await expect.poll(started, { timeout: 60_000 }).not.toBe("");
		const [stackName, helpers, ...args] = (await started()).trim().split(" ");
		expect([stackName, helpers?.split(delimiter)[0]]).toEqual(["dev", sharedNotebooks]);
		expect(args).toEqual(
			expect.arrayContaining([
				"--ServerApp.ip=127.0.0.1",
				`--ServerApp.root_dir=${notebooks.folder}`,
				"--LabApp.default_url=/lab/tree/dashboard.ipynb",
				"--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
				"--LabApp.news_url=None",
				"--KernelManager.transport_encryption=auto",
				"--no-browser",
			]),
		);
		abort.abort();
		await running;
		expect(await readFile(join(home, "end"), "utf8")).toBe("ended\n");
	});

	it("leaves no server behind where the command is killed", async () => {
		// What stands for JupyterLab, as it is installed only where somebody wants it.
		await mkdir(join(home, "jupyterlab"));
		await writeFile(join(home, "jupyterlab", "__init__.py"), "");
		await writeFile(
			join(home, "jupyterlab", "__main__.py"),
			"import os, time\nopen(os.environ['PID'], 'w').write(f'{os.getpid()} ')\ntime.sleep(600)\n",
		);
		const pidFile = join(home, "pid");
		const own = join(projectRoot, ".pipeline", "python", "bin", "python");
		const context = "{ signal: new AbortController().signal }";
		const code = `import { runNotebook } from ${JSON.stringify(join(projectRoot, "cli/actions/notebook.ts"))};
			await runNotebook(${JSON.stringify(own)}, { name: "dev" }, ${JSON.stringify(notebooks)}, { open: false }, ${context});`;
		const command = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", code], {
			cwd: projectRoot,
			env: { ...process.env, PYTHONPATH: home, PID: pidFile },
			stdio: ["ignore", "ignore", "inherit"],
		});
		const pid = await poll({ firstMs: 50 }, async () => {
			const text = await readFile(pidFile, "utf8").catch(() => "");
			return text.endsWith(" ") ? Number(text) : undefined;
		}).finally(() => command.kill("SIGKILL"));
		await poll({ firstMs: 50 }, async () => (isAlive(pid) ? undefined : true));
	});

	it("opens the definition's own, lets choose among several, and has one for pipelines without", async () => {
		const own = join(home, "notebooks");
		expect(await notebooksOf({ folder: home })).toEqual({ folder: sharedNotebooks, file: "tables.ipynb" });
		await mkdir(own);
		await writeFile(join(own, "notes.txt"), "");
		expect(await notebooksOf({ folder: home })).toEqual({ folder: sharedNotebooks, file: "tables.ipynb" });
		await writeFile(join(own, "a b.ipynb"), "{}");
		expect(await notebooksOf({ folder: home })).toEqual({ folder: own, file: "a b.ipynb" });
		await writeFile(join(own, "c.ipynb"), "{}");
		expect(await notebooksOf({ folder: home })).toEqual({ folder: own });
	});

	it("fails with JupyterLab's exit code where it ends by itself", async ({ context }) => {
		const program = await python("exit 3");
		const running = runNotebook(program, stack, notebooks, { open: false }, context);
		const error = await running.catch((thrown: unknown) => thrown);
		expect(error).toBeInstanceOf(PipelineError);
		expect((error as PipelineError).text.what).toBe("JupyterLab ended with 3.");
	});
});
