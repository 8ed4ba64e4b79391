/** Rows of a block, which is one vector of DuckDB's: no more than it has room for. */
export const blockRows = 2048;
/** Bytes of a block, unless a row is larger. */
const blockBytes = 4 * 1024 * 1024;

/** Bytes of a row that is copied one by one. */
const shortRow = 300;

/** Rows of the text protocol, one after the other, as they came. */
export interface RowBlock {
	bytes: Buffer;
	rows: number;
}

/** Rows and bytes after which enough are in memory. */
export interface Enough {
	rows: number;
	bytes: number;
}

/** Rows of the source in memory, as the server printed them. */
export class SourceRows {
	rows = 0;
	readonly blocks: RowBlock[] = [];
	readonly #enough: Enough;
	#bytes = 0;
	#block = Buffer.allocUnsafeSlow(64 * 1024);
	#used = 0;
	#blockRows = 0;

	constructor(enough: Enough) {
		this.#enough = enough;
	}

	/** Adds a row, which is a part of a buffer that is used again. */
	append(buffer: Buffer, from: number, to: number): void {
		if (this.#blockRows === blockRows || this.#used >= blockBytes) this.#end();
		this.#reserve(to - from);
		// For a short row a call of the library's costs more than the copy.
		if (to - from > shortRow) buffer.copy(this.#block, this.#used, from, to);
		else {
			const block = this.#block;
			for (let at = from, target = this.#used; at < to; at += 1, target += 1) block[target] = buffer[at] as number;
		}
		this.#used += to - from;
		this.#blockRows += 1;
		this.rows += 1;
	}

	/** Whether so many times as many rows are there as should be in memory. */
	isFull(times = 1): boolean {
		return this.rows >= this.#enough.rows * times || this.#bytes + this.#used >= this.#enough.bytes * times;
	}

	/** All rows are there. */
	close(): void {
		if (this.#blockRows > 0) this.#end();
		this.#block = Buffer.alloc(0);
	}

	#end(): void {
		this.blocks.push({ bytes: Buffer.from(this.#block.subarray(0, this.#used)), rows: this.#blockRows });
		this.#bytes += this.#used;
		this.#used = 0;
		this.#blockRows = 0;
		if (this.#block.length > 2 * blockBytes) this.#block = Buffer.allocUnsafeSlow(64 * 1024);
	}

	#reserve(more: number): void {
		const needed = this.#used + more;
		if (needed <= this.#block.length) return;
		// Of a row of many megabytes twice its size would be much.
		const larger = Buffer.allocUnsafeSlow(needed > 2 * blockBytes ? needed : 2 ** Math.ceil(Math.log2(needed)));
		this.#block.copy(larger, 0, 0, this.#used);
		this.#block = larger;
	}
}
