import { stat } from "node:fs/promises";
import { join } from "node:path";
import { entriesOf, exists } from "../../../common/fs.ts";
import { toolRoot } from "../../../common/projectRoot.ts";
import type { LocalPaths } from "../shared/paths.ts";
import { JobHost } from "./jobHost.ts";
import { type JobProcesses, SpawnedJobs } from "./jobProcesses.ts";
import { engineLog, hostLog } from "./runReports.ts";
import { SailServer } from "./sailServer.ts";

/** After so long without a run its memory is worth more than the second that the next start takes. */
const idleMs = 10 * 60_000;

/** Runs after which it is started again, whatever its processes have gathered. */
const maxRuns = 20;

export interface EngineNeeds {
	/** Folder of the jobs' Python environment. */
	python: string;
	/** Whether processes of jobs may be forks of one that has imported what they need. */
	forks: boolean;
	/** Whether that has the engine's client before a job asks for it. */
	ahead: boolean;
}

/**
 * What runs of jobs need beside their scripts: the engine, and the process whose forks jobs are. Kept, it waits for the next run of
 * this program, which finds all imported; it keeps nobody from ending, and ends with this process.
 */
export class JobEngine {
	static readonly #idle = new Set<JobEngine>();

	static {
		process.once("exit", () => {
			for (const { server, processes } of JobEngine.#idle) {
				server.kill();
				processes.kill();
			}
		});
	}

	readonly server: SailServer;
	readonly processes: JobProcesses;
	/** What it was started for: another Python, environment or code wants another one. */
	readonly #key: string;
	#runs = 0;
	#timer: NodeJS.Timeout | undefined;

	private constructor(key: string, { python, forks, ahead }: EngineNeeds) {
		this.#key = key;
		const binary = join(python, "bin", "python");
		this.server = new SailServer(binary, forks);
		const env = {
			...withoutProxy(process.env),
			PYTHONPATH: join(toolRoot, "etl"),
			PYTHONUNBUFFERED: "1",
			PYTHONDONTWRITEBYTECODE: "1",
			TZ: "UTC",
		};
		this.processes = forks ? new JobHost(binary, env, ahead) : new SpawnedJobs(binary, env);
	}

	/**
	 * One that waits, or a new one; nobody else has it until it is kept or closed.
	 * @param folder the run's, for what the engine and the host of the jobs say.
	 */
	static async take(needs: EngineNeeds, folder: string): Promise<JobEngine> {
		const key = await keyOf(needs);
		const engine = await JobEngine.#waiting(key);
		const taken = engine ?? new JobEngine(key, needs);
		taken.#wake();
		taken.server.logTo(join(folder, engineLog));
		taken.processes.logTo(join(folder, hostLog));
		if (needs.ahead) taken.processes.importAhead();
		return taken;
	}

	/** Starts one for a run that will come soon, where none waits and the environment is there. */
	static async prepare(needs: EngineNeeds): Promise<void> {
		if (!(await exists(installation(needs)))) return;
		const key = await keyOf(needs);
		if ([...JobEngine.#idle].some((engine) => engine.#key === key)) return;
		new JobEngine(key, needs).#rest();
	}

	/**
	 * To be called when no job runs any more. One that others of the machine may reach ends with its run.
	 * @param isGood whether nothing went wrong with it, nor with a job.
	 */
	async keep(isGood: boolean): Promise<void> {
		this.#runs += 1;
		if (isGood && this.server.isPrivate() && this.#isWhole() && this.#runs < maxRuns) this.#rest();
		else await this.close();
	}

	async close(): Promise<void> {
		JobEngine.#idle.delete(this);
		clearTimeout(this.#timer);
		await Promise.all([this.processes.close(), this.server.stop()]);
	}

	static async #waiting(key: string): Promise<JobEngine | undefined> {
		for (const engine of JobEngine.#idle) {
			JobEngine.#idle.delete(engine);
			if (engine.#key === key && engine.#isWhole()) return engine;
			await engine.close();
		}
		return undefined;
	}

	#isWhole(): boolean {
		return !this.server.hasEnded() && !this.processes.hasEnded();
	}

	#rest(): void {
		this.server.rest();
		this.processes.rest();
		// What does not end then ends with this process.
		this.#timer = setTimeout(() => void this.close().catch(() => undefined), idleMs).unref();
		JobEngine.#idle.add(this);
	}

	#wake(): void {
		clearTimeout(this.#timer);
		this.server.wake();
		this.processes.wake();
	}
}

/** What the jobs of a stack need. @param ahead whether there will probably be work for them. */
export function needsOf({ python }: Pick<LocalPaths, "python">, ahead: boolean): EngineNeeds {
	return { python, forks: process.platform === "linux", ahead };
}

/** Written at the end of an installation. */
function installation({ python }: EngineNeeds): string {
	return join(python, "installed.json");
}

async function keyOf(needs: EngineNeeds): Promise<string> {
	const stamp = installation(needs);
	const installed = (await exists(stamp)) ? (await stat(stamp)).mtimeMs : 0;
	const { python, forks } = needs;
	return JSON.stringify([python, forks, installed, await newest(join(toolRoot, "etl"), ".py"), process.env]);
}

/** Number of the files with an ending, and when one was changed last. */
async function newest(folder: string, ending: string): Promise<[number, number]> {
	let [count, time] = [0, 0];
	for (const entry of await entriesOf(folder)) {
		const path = join(folder, entry.name);
		const [of, changed] = entry.isDirectory()
			? await newest(path, ending)
			: entry.name.endsWith(ending)
				? [1, (await stat(path)).mtimeMs]
				: [0, 0];
		count += of;
		time = Math.max(time, changed);
	}
	return [count, time];
}

/** The engine's client would ask a proxy for the engine, which is on the loopback. */
function withoutProxy(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
	const own = ["127.0.0.1", "localhost"];
	const names = ["no_proxy", "NO_PROXY", ...(env.no_grpc_proxy === undefined ? [] : ["no_grpc_proxy"])];
	const exempt = names.map((name) => [name, [...own, ...(env[name] ?? "").split(",")].filter(Boolean).join(",")]);
	return { ...env, ...Object.fromEntries(exempt) };
}
