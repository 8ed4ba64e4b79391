import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { it as base } from "../../../../tests/support/fixtures.ts";
import { poll } from "../../../common/poll.ts";
import { isAlive } from "../../../common/process/processIdentity.ts";
import { JobHost } from "./jobHost.ts";
import type { Exit, JobProcess } from "./jobProcesses.ts";

interface Jobs {
	host: JobHost;
	/** Starts a job of these lines. */
	start(name: string, lines: readonly string[], args?: readonly string[]): Promise<JobProcess>;
	/** Runs it to its end, which comes with what it said. */
	run(name: string, ...lines: string[]): Promise<Exit & { said: string }>;
}

/** Any Python will do: what the jobs import is not there, which only its log says. */
const it = base.extend("jobs", async ({ folder }, { onCleanup }): Promise<Jobs> => {
	const env = { ...process.env, PYTHONPATH: join(folder, "library"), PYTHONUNBUFFERED: "1", OWN: "1" };
	const host = new JobHost("python3", env);
	host.logTo(join(folder, "host.log"));
	onCleanup(() => host.close());
	const log = (name: string): string => join(folder, `${name}.log`);
	const start: Jobs["start"] = async (name, lines, args = []) => {
		const script = join(folder, `${name}.py`);
		await writeFile(script, [...lines, ""].join("\n"));
		return host.start({ script, args, log: log(name), env: { REMOTE: "sc://here" } });
	};
	const run: Jobs["run"] = async (name, ...lines) => {
		const exit = await (await start(name, lines)).ended;
		return { ...exit, said: await readFile(log(name), "utf8") };
	};
	return { host, start, run };
});

describe.runIf(process.platform === "linux")("jobs as forks", () => {
	it("are what a Python of their own would be", async ({ jobs, folder }) => {
		await writeFile(join(folder, "beside.py"), "word = 'found'\n");
		const lines = [
			"import atexit, os, sys, beside",
			"atexit.register(print, 'last')",
			"print(__name__, sys.argv[1:], beside.word, os.environ['OWN'], os.environ['REMOTE'], repr(sys.stdin.read()))",
			"print(os.getpgid(0) == os.getpid())",
		];
		const { ended } = await jobs.start("a", lines, ["--x", "ü"]);
		expect(await ended).toEqual({ code: 0, signal: null });
		expect(await readFile(join(folder, "a.log"), "utf8")).toBe(
			"__main__ ['--x', 'ü'] found 1 sc://here ''\nTrue\nlast\n",
		);
	});

	it("end as they end, and harm no other", async ({ jobs }) => {
		expect(await jobs.run("code", "raise SystemExit(11)")).toEqual({ code: 11, signal: null, said: "" });
		expect(await jobs.run("text", "import sys; sys.exit('no')")).toEqual({ code: 1, signal: null, said: "no\n" });
		const failed = await jobs.run("fault", "1 / 0");
		expect(failed).toMatchObject({
			code: 1,
			said: expect.stringMatching(/fault\.py", line 1[\s\S]*ZeroDivisionError/),
		});
		const killed = await jobs.run("killed", "import os; print('x'); os.kill(os.getpid(), 9)");
		expect(killed).toEqual({ code: null, signal: "SIGKILL", said: "x\n" });
		await jobs.run(
			"leak",
			"import os, json; os.environ['OWN'] = '2'; json.dumps = None; os.close(0); os.chdir('/tmp')",
		);
		const after = "import os, json; print(os.environ['OWN'], json.dumps({}), os.getcwd() == '/tmp')";
		expect(await jobs.run("after", after)).toEqual({ code: 0, signal: null, said: "1 {} False\n" });
		expect(await jobs.run("gone", "import os; os.remove(__file__)")).toMatchObject({ code: 0 });
	});

	it("run side by side", async ({ jobs, folder }) => {
		const wait = ["import os, time", `while not os.path.exists('${folder}/made'): time.sleep(0.02)`];
		const first = await jobs.start("first", wait);
		const second = await jobs.start("second", [`open('${folder}/made', 'w')`]);
		expect(await Promise.all([first.ended, second.ended])).toMatchObject([{ code: 0 }, { code: 0 }]);
	});

	it("begin with the engine's client imported, once one has asked for it, or ahead of all", async ({
		jobs,
		folder,
	}) => {
		await mkdir(join(folder, "library", "pyspark", "sql"), { recursive: true });
		for (const name of ["", "sql/"]) await writeFile(join(folder, "library", "pyspark", `${name}__init__.py`), "");
		const ask = ["import sys", "print('pyspark.sql' in sys.modules)"];
		const env = { ...process.env, PYTHONPATH: join(folder, "library"), PYTHONUNBUFFERED: "1" };
		const ahead = new JobHost("python3", env, true);
		try {
			expect((await jobs.run("idle", ...ask)).said).toBe("False\n");
			const log = join(folder, "ahead-idle.log");
			await (await ahead.start({ script: join(folder, "idle.py"), args: [], log, env: {} })).ended;
			expect(await readFile(log, "utf8")).toBe("True\n");
		} finally {
			await ahead.close();
		}
		expect((await jobs.run("first", ...ask, "import pyspark")).said).toBe("False\n");
		await poll({ firstMs: 20 }, async () => ((await jobs.run("later", ...ask)).said === "True\n" ? true : undefined));
	});

	it("fail where their host dies, and end with it", async ({ jobs }) => {
		const { pid = 0, ended } = await jobs.start("a", ["import time", "time.sleep(600)"]);
		const [, parent] = /^PPid:\s*(\d+)$/m.exec(await readFile(`/proc/${pid}/status`, "utf8")) ?? [];
		process.kill(Number(parent), "SIGKILL");
		const refused = { outcome: "failure", text: { what: "The process that runs the jobs has ended." } };
		await expect(ended).rejects.toMatchObject(refused);
		await poll({ firstMs: 20 }, async () => (isAlive(pid) ? undefined : true));
		await expect(jobs.start("b", [])).rejects.toMatchObject(refused);
	});
});
