import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { PipelineError } from "../../../common/errors.ts";
import { exists, namesIn } from "../../../common/fs.ts";
import { projectRoot } from "../../../common/projectRoot.ts";
import type { DuckDbAccess } from "../../duckdb/session.ts";

/**
 * Where everything of the local stack lies. `PIPELINE_HOME` overrides it; the default is `.pipeline` in the project.
 * @throws PipelineError for a path that reads otherwise in a URI: Sail 0.7 writes Iceberg tables below `a b` into `a%20b`.
 */
export function pipelineHome(): string {
	const home = resolve(process.env.PIPELINE_HOME ?? join(projectRoot, ".pipeline"));
	if (pathToFileURL(home).pathname === home) return home;
	throw new PipelineError("usage", {
		what: `The local stack cannot use the folder ${home}.`,
		why: "The engine of the jobs does not support spaces or special characters in a path.",
		fix: "Choose a folder whose path has only letters, digits, dots and dashes.",
		next: 'export PIPELINE_HOME="$HOME/pipeline"',
	});
}

export interface LocalPaths {
	home: string;
	/** Python environment of the jobs. */
	python: string;
	/** The private MariaDB: data, configuration, password, socket. */
	source: string;
	/** Process id, checkpoint, status and log of the replicator. */
	replication: string;
	/** The lake's zones. */
	raw: string;
	processed: string;
	/** Write-ahead files of the delivery streams; beside the lake, since what is finished is moved there. */
	delivery: string;
	/** The local data catalog, one JSON file. */
	catalog: string;
	/** The warehouse: a DuckDB file of views over the lake. */
	warehouse: string;
	/** Logs of the runs of jobs: `runs/<run id>/<job>.log`. */
	runs: string;
	/** Where `reconcile --deep` lets the jobs compute again what the lake has. */
	scratch: string;
	/** What keeps the jobs running: process id and state. */
	schedule: string;
	/** Logs of the setup and of the schedule. */
	logs: string;
	/** Settings of the local stack. */
	settings: string;
}

/** Name of the local stack that is meant where none is named. */
export const usualStack = "local";

/**
 * Whether a name is a local stack's: `local`, or `local-<name>` for one beside it.
 * @throws PipelineError for one beside it whose name cannot be a folder's.
 */
export function isLocalStack(name: string): boolean {
	if (name === usualStack) return true;
	if (!name.startsWith(`${usualStack}-`)) return false;
	if (/^local-[a-z0-9][a-z0-9-]{0,39}$/.test(name)) return true;
	throw new PipelineError("usage", {
		what: `A local stack cannot be named ${JSON.stringify(name)}.`,
		why: "The stack's folder gets the same name, so only simple names are allowed.",
		fix: "Write local- followed by at most 40 letters a-z, digits and dashes.",
		next: "pipeline-cli status --stack local-shop2",
	});
}

/** A local stack's files: those of `local` in the pipeline's home, those of others in folders of their names below it. */
export function stackPaths(name: string): LocalPaths {
	const root = pipelineHome();
	return name === usualStack ? localPaths(root) : localPaths(join(root, name), root);
}

/** Names of the local stacks that exist. One whose settings cannot be looked at counts: who acts on it learns why, and it hides no other. */
export async function localStacks(): Promise<string[]> {
	const root = pipelineHome();
	const beside = (await namesIn(root)).filter((name) => name.startsWith(`${usualStack}-`));
	const names = [usualStack, ...beside];
	const there = await Promise.all(names.map((name) => exists(stackPaths(name).settings).catch(() => true)));
	return names.filter((_, at) => there[at]);
}

/**
 * @param tools folder of the Python environment, which stacks share: 1 GB that is the same for all.
 */
export function localPaths(home = pipelineHome(), tools = home): LocalPaths {
	return {
		home,
		python: join(tools, "python"),
		source: join(home, "source"),
		replication: join(home, "replication"),
		raw: join(home, "lake", "raw"),
		processed: join(home, "lake", "processed"),
		delivery: join(home, "lake", "delivery"),
		catalog: join(home, "catalog.json"),
		warehouse: join(home, "warehouse.duckdb"),
		runs: join(home, "runs"),
		scratch: join(home, "recomputed"),
		schedule: join(home, "schedule"),
		logs: join(home, "logs"),
		settings: join(home, "stack.json"),
	};
}

/** A folder as the URI that the jobs take: `file:///…/`. */
export function folderUri(folder: string): string {
	return `${pathToFileURL(folder).href}/`;
}

/** What a DuckDB session over the lake may reach. */
export function lakeAccess(paths: LocalPaths): DuckDbAccess {
	return { folders: [paths.raw, paths.processed], spill: paths.home };
}
