import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Pipeline } from "../../../../../etl/contract/pipeline/pipeline.ts";
import { definitionFile } from "../../../../../etl/definition/definition.ts";
import { messageOf } from "../../../../common/errors.ts";
import { stackDefinition } from "../../shared/definition.ts";
import type { LocalPaths } from "../../shared/paths.ts";
import type { RotatingLog } from "../model/log.ts";
import { Rules } from "../model/rules.ts";

/** The rules of the stack's definition, which may be edited while they are followed. */
export class RulesWatch {
	readonly #paths: LocalPaths;
	readonly #schemas: readonly string[];
	readonly #log: RotatingLog;
	readonly #file: string;
	#changedAt: number;
	#current: Rules;

	private constructor(
		paths: LocalPaths,
		schemas: readonly string[],
		log: RotatingLog,
		{ folder, pipeline }: { folder: string; pipeline: Pipeline },
		changedAt: number,
	) {
		this.#paths = paths;
		this.#schemas = schemas;
		this.#log = log;
		this.#file = join(folder, definitionFile);
		this.#changedAt = changedAt;
		this.#current = new Rules(pipeline, schemas);
	}

	/** @throws PipelineError where the definition has a mistake. */
	static async open(paths: LocalPaths, schemas: readonly string[], log: RotatingLog): Promise<RulesWatch> {
		const definition = await stackDefinition(paths);
		// An edit between reading and looking at the time is seen as one more change.
		return new RulesWatch(paths, schemas, log, definition, 0);
	}

	get current(): Rules {
		return this.#current;
	}

	/** Whether the definition says something else of the source than before. One with a mistake changes nothing. */
	async hasChanged(): Promise<boolean> {
		const changedAt = (await stat(this.#file).catch(() => undefined))?.mtimeMs ?? 0;
		if (changedAt === this.#changedAt) return false;
		this.#changedAt = changedAt;
		try {
			const { pipeline } = await stackDefinition(this.#paths);
			const rules = new Rules(pipeline, this.#schemas);
			if (rules.fingerprint === this.#current.fingerprint) return false;
			this.#current = rules;
			return true;
		} catch (error) {
			this.#log.warn(`the definition cannot be read, so the previous one stays in effect: ${messageOf(error)}`);
			return false;
		}
	}
}
