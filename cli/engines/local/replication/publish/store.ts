import { mkdir, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { syncFolder } from "../../../../common/fs.ts";
import { type Checkpoint, type Publication, readCheckpoint, writeCheckpoint } from "../model/checkpoint.ts";
import { Sequence } from "../model/sequence.ts";
import type { StatePaths } from "../model/statePaths.ts";
import type { TaskState } from "../model/taskState.ts";
import { publish } from "./filePublisher.ts";

/**
 * Brings a publication into the raw zone. It may be called again for one that was begun.
 * @param time milliseconds since 1970, later at each call, whatever the clock does.
 */
export type Publish = (publication: Publication, staging: string, raw: string, time: number) => Promise<void>;

/**
 * Checkpoint and raw zone, changed together. A publication's files are durable in staging before `commit`; the checkpoint that
 * names them is what makes them count, and the renames follow it, now or at the next start.
 */
export class Store {
	readonly #paths: StatePaths;
	readonly #raw: string;
	readonly #publish: Publish;
	#checkpoint: Checkpoint | undefined;

	/** @param deliver how a publication comes into the raw zone. */
	constructor(paths: StatePaths, raw: string, deliver: Publish = publish) {
		this.#paths = paths;
		this.#raw = raw;
		this.#publish = deliver;
	}

	get checkpoint(): Checkpoint | undefined {
		return this.#checkpoint;
	}

	/** Reads the checkpoint, finishes what it had promised, and clears away what nothing refers to. */
	async open(): Promise<void> {
		await mkdir(this.#raw, { recursive: true });
		// Kept where its promise cannot be: a load of everything continues its sequence.
		this.#checkpoint = await readCheckpoint(this.#paths.checkpoint);
		if (this.#checkpoint?.publication !== undefined) {
			const sequence = new Sequence(this.#checkpoint.sequence);
			sequence.nextTime(Date.now());
			const promising = { ...this.#checkpoint, sequence: sequence.state };
			await writeCheckpoint(this.#paths.checkpoint, promising);
			await this.#finish(promising);
		}
		await this.clearStaging();
	}

	/** Makes the state and a publication take effect, both or neither. */
	async commit(state: TaskState, publication: Publication): Promise<void> {
		if (publication.clear.length === 0 && publication.files.length === 0) return this.save(state);
		state.sequence.nextTime(Date.now());
		const promising = state.toCheckpoint(publication);
		await writeCheckpoint(this.#paths.checkpoint, promising);
		await this.#finish(promising);
	}

	/** Saves a state that has nothing to publish. */
	async save(state: TaskState): Promise<void> {
		const next = state.toCheckpoint();
		await writeCheckpoint(this.#paths.checkpoint, next);
		this.#checkpoint = next;
	}

	/** Removes what was staged and is not promised by the checkpoint on disk, whoever wrote that. */
	async clearStaging(): Promise<void> {
		const checkpoint = await readCheckpoint(this.#paths.checkpoint);
		const promised = new Set(checkpoint?.publication?.files.map((file) => file.from));
		await mkdir(this.#paths.staging, { recursive: true });
		for (const name of await readdir(this.#paths.staging)) {
			if (name.endsWith(".parquet") && !promised.has(name)) await rm(join(this.#paths.staging, name), { force: true });
		}
	}

	/** Gives up the checkpoint on disk and what it promises, before everything is reloaded; killed in between, the next start does that. */
	async forget(): Promise<void> {
		await rm(this.#paths.checkpoint, { force: true });
		await syncFolder(dirname(this.#paths.checkpoint));
		await this.clearStaging();
	}

	/** Publishes what a checkpoint on disk promises. It is shown only then: the status must not run ahead of the files. */
	async #finish(checkpoint: Checkpoint): Promise<void> {
		const { publication, ...rest } = checkpoint;
		if (publication === undefined) {
			this.#checkpoint = checkpoint;
			return;
		}
		await this.#publish(publication, this.#paths.staging, this.#raw, rest.sequence.fileTime);
		await writeCheckpoint(this.#paths.checkpoint, rest);
		this.#checkpoint = rest;
		// Where it was moved, it is gone already.
		for (const { from } of publication.files) await rm(join(this.#paths.staging, from), { force: true });
	}
}
