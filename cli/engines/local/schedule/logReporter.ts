import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Reporter } from "../../port.ts";
import { RotatingLog } from "../replication/model/log.ts";

/** Progress of what nobody watches: a line when a piece of work ends. */
export class LogReporter implements Reporter {
	readonly #log: RotatingLog;

	constructor(path: string) {
		mkdirSync(dirname(path), { recursive: true });
		this.#log = new RotatingLog(path);
	}

	async task<T>(title: string, run: (update: (detail: string) => void) => Promise<T>): Promise<T> {
		const startedAt = performance.now();
		let detail = "";
		const line = (): string => `${title}${detail === "" ? "" : `: ${detail}`}`;
		try {
			const result = await run((text) => {
				detail = text;
			});
			this.#log.info(`${line()} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
			return result;
		} catch (error) {
			this.#log.warn(`${line()} failed`);
			throw error;
		}
	}

	wait<T>(_title: string, work: () => Promise<T>): Promise<T> {
		return work();
	}

	note(text: string): void {
		this.#log.info(text);
	}

	warn(text: string): void {
		this.#log.warn(text);
	}

	error(text: string): void {
		this.#log.error(text);
	}

	debug(line: string): void {
		this.#log.debug(line);
	}
}
