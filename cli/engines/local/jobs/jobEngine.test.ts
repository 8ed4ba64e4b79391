import { chmod, mkdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, vi } from "vitest";
import { it as base } from "../../../../tests/support/fixtures.ts";
import { poll } from "../../../common/poll.ts";
import { isAlive } from "../../../common/process/processIdentity.ts";
import { JobEngine } from "./jobEngine.ts";

/** Instead of the environment's Python: an engine that has a network of its own unless `$OPEN` says otherwise, and the real host. */
const python = `#!/bin/sh
case "$1" in
	*sail_server.py)
		echo $$ >> "$STARTED"
		echo "engine of $(wc -l < "$STARTED")" >&2
		if [ -n "$OPEN" ]; then echo '{"port":1,"why":"none here"}'; else echo '{"port":1}'; fi
		while read line; do :; done ;;
	*) exec python3 "$@" ;;
esac
`;

interface Engines {
	/** One for a run, whose folder has this name; it listens. */
	take(run: string): Promise<JobEngine>;
	/** Process ids of the engines that were started so far. */
	started(): Promise<number[]>;
	folder: string;
}

const it = base.extend("engines", async ({ folder, abort }, { onCleanup }): Promise<Engines> => {
	const needs = { python: join(folder, "python"), forks: true, ahead: false };
	const file = join(folder, "started");
	vi.stubEnv("STARTED", file);
	await mkdir(join(needs.python, "bin"), { recursive: true });
	await writeFile(join(needs.python, "bin", "python"), python);
	await chmod(join(needs.python, "bin", "python"), 0o755);
	await writeFile(join(needs.python, "installed.json"), "{}");
	let last: JobEngine | undefined;
	onCleanup(() => last?.close());
	const take = async (run: string): Promise<JobEngine> => {
		await mkdir(join(folder, run), { recursive: true });
		last = await JobEngine.take(needs, join(folder, run));
		await last.server.remote(abort.signal);
		return last;
	};
	const started = async (): Promise<number[]> => (await readFile(file, "utf8")).trim().split("\n").map(Number);
	return { take, started, folder };
});

/** What a job of a new run says. */
async function runs(engine: JobEngine, folder: string, name: string): Promise<string> {
	const script = join(folder, `${name}.py`);
	const log = join(folder, `${name}.log`);
	await writeFile(script, `import os\nprint("${name}", os.getppid() != 1)\n`);
	const job = await engine.processes.start({ script, args: [], log, env: {} });
	expect(await job.ended).toEqual({ code: 0, signal: null });
	return readFile(log, "utf8");
}

describe.runIf(process.platform === "linux")("an engine of the jobs", () => {
	it("works for one run after the other, each with its own logs", async ({ engines, folder }) => {
		const first = await engines.take("a");
		expect(await runs(first, folder, "one")).toBe("one True\n");
		await first.keep(true);
		const second = await engines.take("b");
		expect(second).toBe(first);
		expect(await runs(second, folder, "two")).toBe("two True\n");
		expect(await engines.started()).toHaveLength(1);
		await second.close();
		expect(await readFile(join(folder, "a", "sail.log"), "utf8")).toBe("engine of 1\n");
		expect(await readFile(join(folder, "b", "sail.log"), "utf8")).toBe("");
	});

	it("is nobody else's while a run has it", async ({ engines }) => {
		const first = await engines.take("a");
		const second = await engines.take("b");
		expect(second).not.toBe(first);
		await first.close();
	});

	it.for([
		["something went wrong with it or a job", async () => undefined, false],
		["it was killed meanwhile", killed, true],
		["the Python environment is another", async (_: JobEngine, __: number, folder: string) => touch(folder), true],
		["the environment is another", async () => void vi.stubEnv("OTHER", "1"), true],
	] as const)("is started again where %s", async ([, change, isGood], { engines, folder }) => {
		const first = await engines.take("a");
		const [pid = 0] = await engines.started();
		await first.keep(isGood);
		await change(first, pid, folder);
		const second = await engines.take("b");
		expect(second).not.toBe(first);
		expect(await engines.started()).toHaveLength(2);
		expect(isAlive(pid)).toBe(false);
	});

	it("ends with its run where others may reach it", async ({ engines }) => {
		vi.stubEnv("OPEN", "1");
		const engine = await engines.take("a");
		await engine.keep(true);
		const [pid = 0] = await engines.started();
		expect(isAlive(pid)).toBe(false);
	});

	it("is begun before the run that needs it", async ({ engines, folder }) => {
		await JobEngine.prepare({ python: join(folder, "python"), forks: true, ahead: false });
		await JobEngine.prepare({ python: join(folder, "python"), forks: true, ahead: false });
		await engines.take("a");
		expect(await engines.started()).toHaveLength(1);
	});
});

/** A signal takes its time. */
async function killed({ server }: JobEngine, pid: number): Promise<void> {
	process.kill(pid, "SIGKILL");
	await poll({ firstMs: 20 }, async () => server.hasEnded() || undefined);
}

async function touch(folder: string): Promise<void> {
	const later = new Date(Date.now() + 60_000);
	await utimes(join(folder, "python", "installed.json"), later, later);
}
