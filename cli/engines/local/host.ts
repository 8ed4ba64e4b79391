import { rm } from "node:fs/promises";
import type { Context, LocalHost } from "../port.ts";
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

	async stopSource(context: Context): Promise<void> {
		await stopSource(context, this.#paths);
	}

	async purge(): Promise<void> {
		await rm(this.#paths.home, { recursive: true, force: true });
	}
}
