import { join } from "node:path";
import { namesIn, readIfThere } from "../../common/fs.ts";
import type { Logs, Replication } from "../port.ts";
import type { LocalPaths } from "./shared/paths.ts";
import { scheduleFiles } from "./shared/scheduleFile.ts";

/** The log files of the local stack. */
export class LocalLogs implements Logs {
	readonly parts: readonly string[];
	readonly #paths: LocalPaths;
	readonly #replication: Replication;

	constructor(paths: LocalPaths, replication: Replication, jobs: readonly { name: string }[]) {
		this.parts = ["replication", "schedule", ...jobs.map(({ name }) => name)];
		this.#paths = paths;
		this.#replication = replication;
	}

	async read(part: string, lines: number): Promise<{ log: string; lines: string[] }> {
		const path = await this.#pathOf(part);
		if (path === undefined) return { log: `${part} has not run yet`, lines: [] };
		const text = ((await readIfThere(path)) ?? "").replace(/\n$/, "");
		return { log: path, lines: text === "" ? [] : text.split("\n").slice(-lines) };
	}

	async #pathOf(part: string): Promise<string | undefined> {
		if (part === "replication") return (await this.#replication.status()).log;
		return part === "schedule" ? scheduleFiles(this.#paths).log : this.#newestRun(part);
	}

	/** Run folders sort by time. */
	async #newestRun(job: string): Promise<string | undefined> {
		const file = `${job}.log`;
		for (const run of (await namesIn(this.#paths.runs)).reverse()) {
			if ((await namesIn(join(this.#paths.runs, run))).includes(file)) return join(this.#paths.runs, run, file);
		}
		return undefined;
	}
}
