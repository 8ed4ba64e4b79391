import { rm } from "node:fs/promises";
import { homedir } from "node:os";
import { relative, sep } from "node:path";
import { PipelineError } from "../../errors.ts";
import { projectRoot } from "../../projectRoot.ts";
import type { Context, LocalHost } from "../port.ts";
import { runningRun, stopRun } from "./jobs/runLock.ts";
import { localPaths } from "./paths.ts";
import { readSettings } from "./settings.ts";
import { setup } from "./setup/setup.ts";
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
		assertRemovable(this.#paths.home);
		await rm(this.#paths.home, { recursive: true, force: true });
	}
}

/**
 * PIPELINE_HOME may name any folder; one that holds more than a stack is not removed.
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
