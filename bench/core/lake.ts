import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { EtlResult } from "../../cli/actions/etl/runEtl.ts";
import { projectRoot } from "../../cli/common/projectRoot.ts";
import { localPaths } from "../../cli/engines/local/shared/paths.ts";
import { projectPython } from "./peers.ts";
import { type Cost, cost } from "./processes.ts";
import { BenchStack } from "./stack.ts";

/** Which files a lake has: see peers/lake.py. */
export type Part = "sales" | "clicks" | "orders";

const peers = join(import.meta.dirname, "..", "peers");
/** Nothing listens there: the jobs need no source. */
const noPort = 1;

/** A local stack whose raw zone was filled without a replicator, and which can be put back to what it was. */
export class BenchLake {
	readonly #folder: string;
	readonly #stack: BenchStack;
	readonly #home: string;
	/** Folder of the lake that the peers read; it has the same raw zone. */
	readonly peers: string;

	private constructor(folder: string, stack: BenchStack) {
		this.#folder = folder;
		this.#stack = stack;
		this.#home = stack.home;
		this.peers = join(folder, "lake");
	}

	/** @param folder an empty one. */
	static async create(folder: string, part: Part, size: number): Promise<BenchLake> {
		const definition = join(folder, "definition");
		await cp(join(projectRoot, "pipelines", "shop"), definition, { recursive: true });
		const file = join(definition, "pipeline.yaml");
		const written = parse(await readFile(file, "utf8"));
		written.source.schemas.bench = { tables: ["*"] };
		written.tables["bench.sales"] = { primary_key: ["id"] };
		await writeFile(file, stringify(written));
		const stack = await BenchStack.create(
			join(folder, "home"),
			noPort,
			Object.keys(written.source.schemas),
			definition,
		);
		const lake = new BenchLake(folder, stack);
		await python([join(peers, "lake.py"), lake.peers, part, `${size}`, "--csv"]);
		await mkdir(localPaths(stack.home).raw, { recursive: true });
		await cp(join(lake.peers, "raw"), localPaths(stack.home).raw, { recursive: true });
		return lake;
	}

	/** Runs jobs by the command line. @throws where one of them did not succeed, or found nothing although it should. */
	async run(jobs: readonly string[], finds = true): Promise<Cost & { rows: number }> {
		const done = await this.#stack.run(["run-etl", ...jobs, "--json"]);
		const result = JSON.parse(done.stdout) as EtlResult;
		const failed = result.jobs.filter(({ state }) => state !== "succeeded");
		if (failed.length > 0) throw new Error(`jobs failed: ${JSON.stringify(failed)}`);
		if (result.anythingNew !== finds) throw new Error(`the jobs found ${finds ? "nothing" : "something"} new`);
		const tables = result.jobs.flatMap((job) => ("report" in job ? (job.report?.tables ?? []) : []));
		return { ...done, rows: Math.max(0, ...tables.map((table) => table.rows_written)) };
	}

	/** The stack as it is now is what `restore` brings back. */
	async keep(): Promise<void> {
		await cp(this.#home, join(this.#folder, "kept"), { recursive: true, verbatimSymlinks: true });
	}

	async restore(): Promise<void> {
		await rm(this.#home, { recursive: true });
		await cp(join(this.#folder, "kept"), this.#home, { recursive: true, verbatimSymlinks: true });
	}

	/** SQL by hand; what it writes is in the folder `out` of the peers' lake. @returns rows of the largest table of the last work. */
	async byHand(out: string, works: readonly string[]): Promise<Cost & { rows: number }> {
		const done = await python([join(peers, "by_hand.py"), this.peers, join(this.peers, out), ...works]);
		return { ...done, rows: Number(done.stdout.trim()) };
	}

	/** Scripts as people paste them, on Apache Spark. */
	async byPasted(work: string): Promise<Cost> {
		const out = join(this.peers, "pasted");
		await rm(out, { recursive: true, force: true });
		return python([join(peers, "spark.py"), "pasted", this.peers, out, work]);
	}

	/**
	 * Our jobs on Apache Spark, in one session, on a lake of their own.
	 * @param scripts paths below the project.
	 */
	async onSpark(scripts: readonly string[]): Promise<Cost> {
		const own = join(this.#folder, "spark");
		const runs = localPaths(this.#home).runs;
		const datasets = join(own, "datasets.json");
		await mkdir(own, { recursive: true });
		const newest = (await readdir(runs)).sort().at(-1) ?? "";
		await cp(join(runs, newest, "datasets.json"), datasets);
		const uri = (path: string): string => `file://${path}/`;
		const values = {
			raw_uri: uri(join(this.peers, "raw")),
			processed_uri: uri(join(own, "processed")),
			database: "bench",
			datasets_uri: `file://${datasets}`,
			run_id: "bench",
		};
		const args = Object.entries(values).flatMap(([name, value]) => [`--${name}`, value]);
		return python([
			join(peers, "spark.py"),
			"jobs",
			own,
			...scripts.map((one) => join(projectRoot, one)),
			"--",
			...args,
		]);
	}
}

/** @throws where it fails, with what it said. */
function python(args: readonly string[]): Promise<Cost> {
	return cost({ command: projectPython, args, env: { PYTHONPATH: join(projectRoot, "etl"), TZ: "UTC" } });
}
