import { isUtf8 } from "node:buffer";
import type { DuckDBDataChunk } from "@duckdb/node-api";
import duckdb from "@duckdb/node-bindings";
import { lengthAt } from "../replication/mysql/resultRows.ts";
import type { ComparedColumn } from "./comparedColumn.ts";
import { blockRows, type RowBlock } from "./sourceRows.ts";

/** Numbers of 32 bits that describe a value: its length, then the value itself where it is short, or its first bytes and a pointer. */
const entryWords = 4;
/** Longest value that is kept within its description. */
const inline = 12;
/** Bytes beyond the last row, which are read with a short value, and of which nothing is taken. */
const slack = 16;
const nullMarker = 0xfb;
/** What is taken of a number of 32 bits, by how many of its bytes are a value's. */
const firstBytes = [0, 0xff, 0xffff, 0xffffff, -1];

/**
 * Brings rows of the text protocol into vectors of DuckDB's: all rows are copied together, and a value is described by its place among
 * them. Nothing is decoded, and nothing is shared with what the replicator writes its values with.
 * https://github.com/duckdb/duckdb/blob/v1.5.5/src/include/duckdb/common/types/string_type.hpp
 */
export class RowVectors {
	readonly #columns: readonly ComparedColumn[];
	/** Descriptions of all values, column by column. */
	readonly #words: Uint32Array<ArrayBuffer>;
	/** A bit a value, column by column: 1 where there is one. */
	readonly #valid: Uint8Array<ArrayBuffer>;
	readonly #hasNull: boolean[];
	/** The rows, with zeros in place of the lengths: between two texts these could make UTF-8 of what is none. */
	#bytes = Buffer.alloc(0);
	#view = new DataView(this.#bytes.buffer);

	constructor(columns: readonly ComparedColumn[]) {
		this.#columns = columns;
		this.#words = new Uint32Array(columns.length * blockRows * entryWords);
		this.#valid = new Uint8Array((columns.length * blockRows) / 8);
		this.#hasNull = columns.map(() => false);
	}

	/**
	 * @param chunk of DuckDB's: a vector of bytes, which owns the rows, and then the columns'.
	 * @throws Error where a row has not as many values as there are columns, or a text is not UTF-8.
	 */
	fill(chunk: DuckDBDataChunk, { bytes, rows }: RowBlock): void {
		this.#take(bytes);
		this.#valid.fill(0xff);
		this.#hasNull.fill(false);
		const count = this.#columns.length;
		let at = 0;
		for (let row = 0; row < rows; row += 1) {
			for (let column = 0; column < count; column += 1) at = this.#describe(column, row, at);
		}
		if (at !== bytes.length) throw new Error(`rows of the source have ${bytes.length} bytes, and their values ${at}`);
		this.#requireTexts(bytes.length, rows);
		chunk.rowCount = rows;
		this.#point(own(chunk, this.#bytes), rows);
		for (let column = 0; column < count; column += 1) {
			const target = duckdb.data_chunk_get_vector(chunk.chunk, column + 1);
			if (this.#hasNull[column]) {
				duckdb.vector_ensure_validity_writable(target);
				const bits = blockRows / 8;
				duckdb.copy_data_to_vector_validity(target, 0, this.#valid.buffer, column * bits, bits);
			}
			const first = column * blockRows * entryWords * 4;
			duckdb.copy_data_to_vector(target, 0, this.#words.buffer, first, rows * entryWords * 4);
		}
	}

	#take(bytes: Buffer): void {
		const needed = bytes.length + slack;
		// Exactly as long as it must be where it is long: it is given away as a whole.
		if (this.#bytes.length < needed || this.#bytes.length > needed * 2) {
			this.#bytes = Buffer.alloc(needed);
			this.#view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, needed);
		}
		bytes.copy(this.#bytes);
	}

	/** @returns where the next value stands. */
	#describe(column: number, row: number, at: number): number {
		const bytes = this.#bytes;
		const words = this.#words;
		const index = column * blockRows + row;
		const place = index * entryWords;
		const first = bytes[at] as number;
		if (first === nullMarker) {
			bytes[at] = 0;
			this.#hasNull[column] = true;
			this.#valid[index >> 3] = (this.#valid[index >> 3] as number) & ~(1 << (index & 7));
			words.fill(0, place, place + entryWords);
			return at + 1;
		}
		let length = first;
		let begin = at + 1;
		if (first > nullMarker) {
			({ length, next: begin } = lengthAt(bytes, at));
			bytes.fill(0, at, begin);
		} else bytes[at] = 0;
		const view = this.#view;
		words[place] = length;
		if (length > inline) {
			words[place + 1] = view.getUint32(begin, true);
			words[place + 2] = begin;
		} else {
			const second = length > 4 ? length - 4 : 0;
			const third = second > 4 ? second - 4 : 0;
			words[place + 1] = view.getUint32(begin, true) & (firstBytes[length - second] as number);
			words[place + 2] = view.getUint32(begin + 4, true) & (firstBytes[second - third] as number);
			words[place + 3] = view.getUint32(begin + 8, true) & (firstBytes[third] as number);
		}
		return begin + length;
	}

	/** Makes pointers of the places of long values. */
	#point({ low, high }: Address, rows: number): void {
		const words = this.#words;
		for (let column = 0; column < this.#columns.length; column += 1) {
			const begin = column * blockRows * entryWords;
			for (let place = begin; place < begin + rows * entryWords; place += entryWords) {
				if ((words[place] as number) <= inline) continue;
				const address = low + (words[place + 2] as number);
				words[place + 2] = address;
				words[place + 3] = high + (address > 0xffff_ffff ? 1 : 0);
			}
		}
	}

	/** DuckDB takes for text what is said to be one. */
	#requireTexts(length: number, rows: number): void {
		if (isUtf8(this.#bytes.subarray(0, length))) return;
		// Bytes may be anything.
		for (const [column, { isBytes, name }] of this.#columns.entries()) {
			for (let row = 0; !isBytes && row < rows; row += 1) {
				if (!isUtf8(this.#value(column, row))) throw new Error(`a text of ${name} at the source is not valid UTF-8`);
			}
		}
	}

	#value(column: number, row: number): Uint8Array {
		const place = (column * blockRows + row) * entryWords;
		const length = this.#words[place] as number;
		if (length <= inline) return new Uint8Array(this.#words.buffer, (place + 1) * 4, length);
		const begin = this.#words[place + 2] as number;
		return this.#bytes.subarray(begin, begin + length);
	}
}

/** The two halves of a place in DuckDB's memory. */
interface Address {
	low: number;
	high: number;
}

/** Gives bytes to the first vector, more than are kept within a description. @returns where they are then. */
function own(chunk: DuckDBDataChunk, bytes: Buffer): Address {
	const vector = duckdb.data_chunk_get_vector(chunk.chunk, 0);
	duckdb.vector_assign_string_element_len(vector, 0, bytes);
	const given = duckdb.vector_get_data(vector, entryWords * 4);
	const description = new DataView(given.buffer, given.byteOffset);
	return { low: description.getUint32(8, true), high: description.getUint32(12, true) };
}
