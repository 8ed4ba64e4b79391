import type { Position } from "../model/position.ts";
import type { TaskState } from "../model/taskState.ts";
import { historyLost } from "../mysql/server.ts";

/** Keeps the state's position at the end of the last event group that was read whole, through the files of the binlog. */
export class BinlogCursor {
	readonly #state: TaskState;
	#file: string;

	constructor(state: TaskState) {
		this.#state = state;
		this.#file = state.position.file;
	}

	/** Never back; an event that has no offset says 0. */
	advance(next: number): void {
		if (next > this.#state.position.offset && this.#state.position.file === this.#file) {
			this.#state.position = { file: this.#file, offset: next };
		}
	}

	rotate(position: Position): void {
		if (position.file === this.#file) return;
		this.#file = position.file;
		this.#state.position = position;
		this.#state.fileCreated = 0;
	}

	/**
	 * A file of the same name that was created at another time is another history (RESET MASTER).
	 * @param created milliseconds since 1970; 0 where it is not known.
	 * @param next end of what says so.
	 * @throws PipelineError
	 */
	checkFile(created: number, next: number): void {
		const { fileCreated } = this.#state;
		if (fileCreated !== 0 && created !== 0 && created !== fileCreated) {
			throw historyLost(`${this.#file} was created again`);
		}
		if (created !== 0) this.#state.fileCreated = created;
		this.advance(next);
	}
}
