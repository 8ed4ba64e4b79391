import { copyFile, link, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DatasetsDocument } from "../../../../etl/contract/datasets.ts";
import { newRunId } from "../../../../etl/contract/runId.ts";
import type { JobDefinition } from "../../../../etl/definition/jobs.ts";
import { jobsDocument } from "../../../../etl/models/document.ts";
import { errorCode } from "../../../common/errors.ts";
import { entriesOf } from "../../../common/fs.ts";
import type { Context, JobRun } from "../../port.ts";
import { openModels } from "../../shared/models.ts";
import { ensurePython } from "../setup/python.ts";
import { stackDefinition } from "../shared/definition.ts";
import type { LocalPaths } from "../shared/paths.ts";
import { JobEngine, needsOf } from "./jobEngine.ts";
import { LocalJobSession } from "./localJobSession.ts";
import { datasetsFile } from "./news.ts";
import { RunLock } from "./runLock.ts";

/** A processed zone beside the lake's, in which jobs compute again what the lake has. */
export interface Scratch {
	paths: LocalPaths;
	run(job: JobDefinition): Promise<JobRun>;
}

/**
 * Lets jobs write into a folder of their own while no run of jobs changes the lake. They check no rule: what breaks one is not
 * published, and could not be compared. The folder goes at the end; what a killed one left goes before.
 */
export async function recomputing<T>(
	paths: LocalPaths,
	context: Context,
	work: (scratch: Scratch) => Promise<T>,
): Promise<T> {
	await ensurePython(context, paths, false);
	const runId = newRunId();
	const lock = await RunLock.take(paths.runs, runId, context.signal, {
		onWait: (going, wait) => context.reporter.task(`Wait for the scheduled run ${going}`, wait),
	});
	const root = paths.scratch;
	let session: LocalJobSession | undefined;
	try {
		await rm(root, { recursive: true, force: true });
		const own = { ...paths, processed: join(root, "processed"), runs: join(root, "runs") };
		const folder = join(own.runs, runId);
		await mkdir(folder, { recursive: true, mode: 0o700 });
		await mkdir(own.processed, { recursive: true, mode: 0o700 });
		const definition = await stackDefinition(paths);
		const document = jobsDocument(definition, await openModels(definition), definition.pipeline.clicks?.schema);
		await writeFile(join(folder, datasetsFile), JSON.stringify(withoutRules(document)));
		const takeEngine = (): Promise<JobEngine> => JobEngine.take(needsOf(own, true), folder);
		const opened = new LocalJobSession(own, runId, folder, lock, takeEngine);
		session = opened;
		return await work({ paths: own, run: (job) => opened.run(job, context) });
	} finally {
		// A session frees the lock, too.
		await (session === undefined ? lock.free() : session.close());
		await rm(root, { recursive: true, force: true });
	}
}

function withoutRules(document: DatasetsDocument): DatasetsDocument {
	return {
		...document,
		datasets: document.datasets.map((dataset) => ({
			...dataset,
			tables: dataset.tables.map(({ rules: _, ...table }) => table),
		})),
		models: document.models.map((model) => ({ ...model, rules: [] })),
	};
}

/** The same files in another folder, without their bytes a second time where the disk can do that: nothing writes into them. */
export async function linkFiles(from: string, to: string): Promise<void> {
	await mkdir(to, { recursive: true });
	for (const entry of await entriesOf(from)) {
		const [source, target] = [join(from, entry.name), join(to, entry.name)];
		if (entry.isDirectory()) await linkFiles(source, target);
		else if (entry.isFile()) await linkFile(source, target);
	}
}

async function linkFile(source: string, target: string): Promise<void> {
	try {
		await link(source, target);
	} catch (error) {
		if (!["EXDEV", "EPERM", "ENOTSUP", "EOPNOTSUPP", "EMLINK"].includes(errorCode(error) ?? "")) throw error;
		await copyFile(source, target);
	}
}
