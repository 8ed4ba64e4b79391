import { changeFile } from "../../../../../etl/contract/contract.ts";

/**
 * Change sequences and file names: both grow without a gap in time and never fall back, whatever the clocks do.
 * Format of the sequence: https://help.qlik.com/en-US/replicate/Content/Global_Common/Content/SharedEMReplicate/Customize%20Tasks/tasks_headColumns.htm
 */
export interface SequenceState {
	/** The 16 digits of the newest commit time, `YYYYMMDDHHmmSShh`, UTC. */
	commitDigits: string;
	/** Changes numbered so far. */
	counter: number;
	/** Time in the newest file's name, of the newest load or publication, milliseconds since 1970. */
	fileTime: number;
}

export const initialSequence: SequenceState = { commitDigits: "0".repeat(16), counter: 0, fileTime: 0 };

export class Sequence {
	#commitDigits: string;
	#digits: number;
	#counter: number;
	#fileTime: number;
	/** Commit time of the last transaction. */
	#begun: number | undefined;

	constructor(state: SequenceState) {
		this.#commitDigits = state.commitDigits;
		this.#digits = Number(state.commitDigits);
		this.#counter = state.counter;
		this.#fileTime = state.fileTime;
	}

	get state(): SequenceState {
		return { commitDigits: this.#commitDigits, counter: this.#counter, fileTime: this.#fileTime };
	}

	/** Starts a transaction. @param time commit time, milliseconds since 1970. */
	begin(time: number): void {
		if (time === this.#begun) return;
		this.#begun = time;
		const digits = commitDigits(time);
		if (digits <= this.#commitDigits) return;
		this.#commitDigits = digits;
		this.#digits = Number(digits);
	}

	/** The first 16 of a change's 35 digits, of the commit time. Exact in a double, as the counter is. */
	get digits(): number {
		return this.#digits;
	}

	/** @returns the other 19 digits of the next change. */
	nextCounter(): number {
		this.#counter += 1;
		return this.#counter;
	}

	/** @returns the name of the next file of changes, `YYYYMMDD-HHmmssSSS.parquet`. @param now milliseconds since 1970. */
	nextFile(now: number): string {
		return changeFile(this.nextTime(now));
	}

	/**
	 * @returns the time of a full load, or of a publication, that begins now: later than all files of before, and before all later ones.
	 * By this the jobs know which changes a load contains. @param now milliseconds since 1970.
	 */
	nextTime(now: number): number {
		this.#fileTime = Math.max(now, this.#fileTime + 1);
		return this.#fileTime;
	}
}

function commitDigits(time: number): string {
	return new Date(time).toISOString().replace(/\D/g, "").slice(0, 16);
}
