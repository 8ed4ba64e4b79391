import { rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join, relative, sep } from "node:path";
import { PipelineError } from "../../common/errors.ts";
import { namesIn } from "../../common/fs.ts";
import { projectRoot } from "../../common/projectRoot.ts";
import type { Context, LocalHost } from "../port.ts";
import { runningRun, stopRun } from "./jobs/runLock.ts";
import { setup } from "./setup/setup.ts";
import { localPaths } from "./shared/paths.ts";
import { readSettings } from "./shared/settings.ts";
import { sampleSchemas } from "./source/seed/fill.ts";
import { existingSamples, seedSource } from "./source/seed/seed.ts";
import { startPrivateSource, stopSource } from "./source/up.ts";

/** Makes, starts, fills, stops and removes the local stack. */
export class LocalHostEngine implements LocalHost {
	readonly #paths = localPaths();

	get home(): string {
		return this.#paths.home;
	}

	async setup(context: Context): Promise<void> {
		await setup(context, {}, this.#paths);
	}

	async startSource(context: Context): Promise<void> {
		if ((await readSettings(this.#paths))?.source.kind === "external") return;
		await startPrivateSource(context, {}, this.#paths);
	}

	async seed(context: Context, options: { seed: number; scale: number }): Promise<"seeded" | "already there"> {
		if ((await existingSamples(this.#paths)).length === sampleSchemas.length) return "already there";
		await seedSource(context, options, this.#paths);
		return "seeded";
	}

	async stopRun(context: Context): Promise<"stopped" | "not running"> {
		if ((await runningRun(this.#paths.runs)) === undefined) return "not running";
		return context.reporter.task("Stop the run of jobs", () => stopRun(this.#paths.runs));
	}

	async stopSource(context: Context): Promise<void> {
		await stopSource(context, this.#paths);
	}

	async purge(): Promise<void> {
		await removeStack(this.#paths.home);
	}
}

/** Entries of a stack's folder; what is written beside them has their name and an ending. */
const entries = [
	"stack.json",
	"source",
	"replication",
	"lake",
	"runs",
	"logs",
	"catalog.json",
	"warehouse.duckdb",
	"python",
];

/**
 * Removes a stack. Its folder goes, too, where it is the project's own or holds nothing else.
 * @throws PipelineError naming what else it holds, when the stack is gone.
 */
export async function removeStack(home: string): Promise<void> {
	assertRemovable(home);
	const isOwn = home === join(projectRoot, ".pipeline");
	const isOurs = (name: string): boolean =>
		/^\.duckdb-/.test(name) || entries.some((entry) => name === entry || name.startsWith(`${entry}.`));
	const names = isOwn ? [] : await namesIn(home);
	const others = names.filter((name) => !isOurs(name));
	if (others.length === 0) {
		await rm(home, { recursive: true, force: true });
		return;
	}
	for (const name of names.filter(isOurs)) await rm(join(home, name), { recursive: true, force: true });
	throw new PipelineError("failure", {
		what: `The stack is removed; ${home} stays.`,
		why: `It holds what is not the stack's: ${others.join(", ")}.`,
		fix: "Remove that by hand where it is no longer needed, and give the next stack a folder of its own by PIPELINE_HOME.",
	});
}

/**
 * PIPELINE_HOME may name any folder; in one that holds more than stacks nothing is removed.
 * @throws PipelineError for the project, the user's home, and all that is above them.
 */
export function assertRemovable(folder: string): void {
	if (![homedir(), projectRoot].some((kept) => isWithin(kept, folder))) return;
	throw new PipelineError("usage", {
		what: `${folder} is not removed.`,
		why: "It holds more than the local stack.",
		fix: "Point PIPELINE_HOME to a folder of the stack's own, and remove by hand what is no longer needed.",
	});
}

function isWithin(path: string, folder: string): boolean {
	const way = relative(folder, path);
	return way === "" || !(way === ".." || way.startsWith(`..${sep}`));
}
