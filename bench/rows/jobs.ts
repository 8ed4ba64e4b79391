import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { BenchLake, type Part } from "../core/lake.ts";
import type { Row, Way } from "../core/measure.ts";
import { cost } from "../core/processes.ts";

/** Jobs of the command line, with what they are for the peers. */
interface Work {
	name: string;
	what: string;
	unit: string;
	part: Part;
	sizes: readonly number[];
	/** Done before the clock runs, then what is measured. */
	before: readonly Step[];
	measured: Step;
	/** Whether people have a script to paste for it. */
	pasted?: "log" | "join";
}

/** A piece of work in the three ways. */
interface Step {
	jobs: readonly string[];
	scripts: readonly string[];
	byHand: string;
}

const log: Step = {
	jobs: ["process-load", "process-cdc"],
	scripts: ["etl/jobs/process_load.py", "etl/jobs/process_cdc.py"],
	byHand: "log",
};
const current: Step = { jobs: ["apply-changes"], scripts: ["etl/jobs/apply_changes.py"], byHand: "current" };
const join_: Step = { jobs: ["join-tables"], scripts: ["pipelines/shop/jobs/join_tables.py"], byHand: "join" };
const star: Step = { jobs: ["star-schema"], scripts: ["pipelines/shop/jobs/star_schema.py"], byHand: "star" };

const works: readonly Work[] = [
	{
		name: "jobs-log",
		what: "a full load of this many rows, and changes of a fifth of them, into the change log",
		unit: "rows",
		part: "sales",
		sizes: [10_000, 100_000, 1_000_000],
		before: [],
		measured: log,
		pasted: "log",
	},
	{
		name: "jobs-current",
		what: "the current table of that change log, from scratch",
		unit: "rows",
		part: "sales",
		sizes: [10_000, 100_000, 1_000_000],
		before: [log],
		measured: current,
	},
	{
		name: "jobs-join",
		what: "clicks of ten hours joined with order items",
		unit: "clicks",
		part: "clicks",
		sizes: [50_000, 500_000, 5_000_000],
		before: [log, current],
		measured: join_,
		pasted: "join",
	},
	{
		name: "jobs-star",
		what: "a star schema of facts and dimensions, with the history of two of them",
		unit: "order lines",
		part: "orders",
		sizes: [10_000, 100_000, 1_000_000],
		before: [log, current],
		measured: star,
	},
];

/** Peers on Apache Spark take part in one round: each of them takes as long as the others together. */
const sparkRounds = 1;

export const jobRows: readonly Row[] = [
	...works.map(rowOf),
	{
		name: "jobs-nothing",
		what: "all jobs with nothing new: the call of `run-etl`, compared with `find -newer` over the same files, which is the limit",
		unit: "rows",
		sizes: [10_000, 100_000, 1_000_000],
		async prepare(size, folder) {
			const lake = await BenchLake.create(folder, "sales", size);
			await lake.run([]);
			// What one job makes of the work of another shows in the next run, which looks, too.
			await lake.run([], false);
			const args = [lake.peers, "-newer", join(folder, "definition")];
			return {
				ours: { name: "pipeline-cli run-etl", run: () => lake.run([], false) },
				peers: [{ name: "find -newer", run: () => cost({ command: "find", args }) }],
			};
		},
	},
];

function rowOf({ name, what, unit, part, sizes, before, measured, pasted }: Work): Row {
	const call = `run-etl ${measured.jobs.join(" ")}`;
	return {
		name,
		what: `${what}: the call of \`${call}\`, including the start of the engine and the crawl at the end; the peers also start a process`,
		unit,
		sizes,
		async prepare(size, folder) {
			const lake = await BenchLake.create(folder, part, size);
			for (const { jobs } of before) await lake.run(jobs);
			await lake.keep();
			const out = "by-hand";
			if (before.length > 0)
				await lake.byHand(
					out,
					before.map(({ byHand }) => byHand),
				);
			const ours: Way = {
				name: `pipeline-cli ${call}`,
				run: async () => {
					await lake.restore();
					const done = await lake.run(measured.jobs);
					// Not one more: what is written twice would be fast work, too.
					if (done.rows !== size) throw new Error(`${call} wrote ${done.rows} rows instead of ${size}`);
					return done;
				},
			};
			const byHand: Way = {
				name: "DuckDB by hand",
				run: async () => {
					if (measured === join_) await rm(join(lake.peers, out, "joined"), { recursive: true, force: true });
					const done = await lake.byHand(out, [measured.byHand]);
					// The change log by hand is one table of both.
					if (done.rows < size) throw new Error(`by hand wrote ${done.rows} of ${size} rows`);
					return done;
				},
			};
			if (!hasJava()) return { ours, peers: [byHand] };
			return {
				ours,
				peers: [byHand, await onSpark(lake, before, measured), ...(pasted ? [byPasted(lake, pasted)] : [])],
			};
		},
	};
}

async function onSpark(lake: BenchLake, before: readonly Step[], measured: Step): Promise<Way> {
	let isPrepared = false;
	return {
		name: "our jobs on Apache Spark",
		rounds: sparkRounds,
		run: async () => {
			if (!isPrepared && before.length > 0) await lake.onSpark(before.flatMap(({ scripts }) => scripts));
			isPrepared = true;
			return lake.onSpark(measured.scripts);
		},
	};
}

function byPasted(lake: BenchLake, work: "log" | "join"): Way {
	return { name: "pasted scripts on Apache Spark", rounds: sparkRounds, run: () => lake.byPasted(work) };
}

function hasJava(): boolean {
	if (process.env.JAVA_HOME !== undefined && existsSync(join(process.env.JAVA_HOME, "bin", "java"))) return true;
	try {
		execFileSync("java", ["-version"], { stdio: "ignore" });
		return true;
	} catch {
		return false;
	}
}
