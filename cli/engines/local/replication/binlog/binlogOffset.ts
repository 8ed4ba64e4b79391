import { type EventHeader, isArtificial } from "../decode/eventFrame.ts";
import type { Position } from "../model/position.ts";

const fourGib = 2 ** 32;

/** Where the binlog is being read. Events have only the low 32 bits of their offsets; a large transaction makes a file longer. */
export class BinlogOffset {
	#at: Position;

	constructor(from: Position) {
		this.#at = from;
	}

	get at(): Position {
		return this.#at;
	}

	rotate(to: Position): void {
		if (to.file !== this.#at.file) this.#at = to;
	}

	/** @returns the offset after an event; 0 where it is in no file, or says how a file begins and not where we are. */
	after(header: EventHeader, isFormat: boolean): number {
		const { next } = header;
		if (next === 0 || isArtificial(header)) return 0;
		const { file, offset } = this.#at;
		if (isFormat) {
			if (next > offset) this.#at = { file, offset: next };
			return next > offset ? next : 0;
		}
		const high = offset - (offset % fourGib);
		const ahead = [high + next, high + fourGib + next].find((candidate) => candidate >= offset);
		if (ahead === undefined || ahead - offset >= fourGib / 2) return 0;
		this.#at = { file, offset: ahead };
		return ahead;
	}
}
