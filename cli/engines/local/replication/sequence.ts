/**
 * Change sequences and file names: both grow without a gap in time and never fall back, whatever the clocks do.
 * Format of the sequence: https://help.qlik.com/en-US/replicate/Content/Global_Common/Content/SharedEMReplicate/Customize%20Tasks/tasks_headColumns.htm
 */
export interface SequenceState {
	/** The 16 digits of the newest commit time, `YYYYMMDDHHmmSShh`, UTC. */
	commitDigits: string;
	/** Changes numbered so far. */
	counter: number;
	/** Time in the newest file's name, milliseconds since 1970. */
	fileTime: number;
}

export const initialSequence: SequenceState = { commitDigits: "0".repeat(16), counter: 0, fileTime: 0 };

export class Sequence {
	#commitDigits: string;
	#counter: number;
	#fileTime: number;

	constructor(state: SequenceState) {
		this.#commitDigits = state.commitDigits;
		this.#counter = state.counter;
		this.#fileTime = state.fileTime;
	}

	get state(): SequenceState {
		return { commitDigits: this.#commitDigits, counter: this.#counter, fileTime: this.#fileTime };
	}

	/** Starts a transaction. @param time commit time, milliseconds since 1970. */
	begin(time: number): void {
		const digits = commitDigits(time);
		if (digits > this.#commitDigits) this.#commitDigits = digits;
	}

	/** @returns the 35 digits of the next change of the transaction. */
	next(): string {
		this.#counter += 1;
		return this.#commitDigits + String(this.#counter).padStart(19, "0");
	}

	/** @returns the name of the next file of changes, `YYYYMMDD-HHmmssSSS.parquet`. @param now milliseconds since 1970. */
	nextFile(now: number): string {
		this.#fileTime = Math.max(now, this.#fileTime + 1);
		const digits = new Date(this.#fileTime).toISOString().replace(/\D/g, "");
		return `${digits.slice(0, 8)}-${digits.slice(8, 17)}.parquet`;
	}
}

/** Name of the nth file of a full load, from 1. */
export function loadFile(number: number): string {
	return `LOAD${number.toString(16).toUpperCase().padStart(8, "0")}.parquet`;
}

/** `yyyy-MM-dd HH:mm:ss.SSSSSS`, UTC. @param time milliseconds since 1970. */
export function commitTimeText(time: number): string {
	return `${new Date(time).toISOString().slice(0, 23).replace("T", " ")}000`;
}

function commitDigits(time: number): string {
	return new Date(time).toISOString().replace(/\D/g, "").slice(0, 16);
}
