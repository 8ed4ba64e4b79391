import { isUtf8 } from "node:buffer";
import duckdb, { type Vector } from "@duckdb/node-bindings";
import { NullableVector, vectorRows } from "./columnVector.ts";

/** Bytes of DuckDB's description of a value: its length, then the value itself where it is short, or a prefix and a pointer. */
const entryBytes = 16;
/** Longest value that is kept within its entry. */
const inline = 12;

/** Bytes of a block beyond which it is not kept for the next values. */
const largestKept = 8 * 1024 * 1024;

function emptyBlock(): Buffer {
	return Buffer.alloc(64 * 1024);
}

/** A text that no reader would take for the source's. */
export class InvalidTextError extends Error {}

/**
 * Texts in UTF-8, or bytes. Long values are collected in one block, which becomes the vector's by one call; their entries then get the
 * block's address. https://github.com/duckdb/duckdb/blob/v1.5.5/src/include/duckdb/common/types/string_type.hpp
 */
export class BytesVector extends NullableVector {
	readonly #isText: boolean;
	readonly #entries = new Uint8Array(vectorRows * entryBytes);
	/** The entries as numbers of 32 bits: length, prefix or value, address. */
	readonly #words = new Uint32Array(this.#entries.buffer);
	/** Place in the block of each value, -1 for one that is in its entry. */
	readonly #places = new Int32Array(vectorRows);
	#block = emptyBlock();
	#used = 0;

	/** @param isText whether values must be UTF-8. */
	constructor(isText: boolean) {
		super();
		this.#isText = isText;
	}

	put(value: unknown): void {
		if (Buffer.isBuffer(value)) this.#putPart(value, 0, value.length);
		else this.#putText(String(value));
	}

	/** Adds a part of a buffer, which a result set has of a text or of bytes. */
	putBytes(buffer: Buffer, from: number, to: number): void {
		this.#putPart(buffer, from, to);
	}

	#putPart(buffer: Buffer, from: number, to: number): void {
		const length = to - from;
		if (length <= inline) {
			this.#putInline(buffer, from, to);
			return;
		}
		this.#reserve(length);
		// For a short value a call of the library's costs more than the copy.
		if (length > 64) buffer.copy(this.#block, this.#used, from, to);
		else
			for (let at = from, target = this.#used; at < to; at += 1, target += 1)
				this.#block[target] = buffer[at] as number;
		this.#end(length);
	}

	/** A value that its entry has room for. */
	#putInline(buffer: Uint8Array, from: number, to: number): void {
		const entries = this.#entries;
		const entry = this.count * entryBytes;
		this.#words[this.count * 4] = to - from;
		this.#words[this.count * 4 + 1] = 0;
		this.#words[this.count * 4 + 2] = 0;
		this.#words[this.count * 4 + 3] = 0;
		let bits = 0;
		for (let at = from, target = entry + 4; at < to; at += 1, target += 1) {
			const byte = buffer[at] as number;
			bits |= byte;
			entries[target] = byte;
		}
		if (bits > 0x7f && this.#isText && !isUtf8(buffer.subarray(from, to))) throw invalidText();
		this.#places[this.count] = -1;
		this.count += 1;
	}

	override putNull(): void {
		this.#places[this.count] = -1;
		this.#words.fill(0, this.count * 4, (this.count + 1) * 4);
		super.putNull();
	}

	protected copy(target: Vector): void {
		if (this.#used > 0) this.#giveBlock(target);
		duckdb.copy_data_to_vector(target, 0, this.#entries.buffer, 0, this.count * entryBytes);
		this.#used = 0;
		if (this.#block.length > largestKept) this.#block = emptyBlock();
	}

	#putText(text: string): void {
		// A character of UTF-16 has three bytes at most.
		const most = text.length * 3;
		this.#reserve(most > largestKept ? Buffer.byteLength(text) : most);
		this.#end(this.#block.write(text, this.#used, "utf8"));
	}

	/** The value stands at the end of the block. */
	#end(length: number): void {
		const used = this.#used;
		if (length <= inline) {
			this.#putInline(this.#block, used, used + length);
			return;
		}
		const entry = this.count * entryBytes;
		this.#words[this.count * 4] = length;
		for (let at = 0; at < 4; at += 1) this.#entries[entry + 4 + at] = this.#block[used + at] as number;
		this.#places[this.count] = used;
		this.#used += length;
		this.count += 1;
	}

	#reserve(length: number): void {
		const needed = this.#used + length;
		if (needed <= this.#block.length) return;
		// Of a value of many megabytes twice its size would be much.
		const larger = Buffer.allocUnsafeSlow(needed > largestKept ? needed : 2 ** Math.ceil(Math.log2(needed)));
		this.#block.copy(larger, 0, 0, this.#used);
		this.#block = larger;
	}

	#giveBlock(target: Vector): void {
		// DuckDB would make null of a text that is not UTF-8. One after the other, texts that are not may look as if they were.
		if (this.#isText) this.#requireText();
		// So long that its entry has the address.
		const block = this.#used > inline ? this.#block.subarray(0, this.#used) : Buffer.alloc(inline + 1);
		duckdb.vector_assign_string_element_len(target, 0, block);
		const given = duckdb.vector_get_data(target, entryBytes);
		const address = new DataView(given.buffer, given.byteOffset);
		const [low, high] = [address.getUint32(8, true), address.getUint32(12, true)];
		for (let index = 0; index < this.count; index += 1) {
			const place = this.#places[index] as number;
			if (place < 0) continue;
			this.#words[index * 4 + 2] = low + place;
			this.#words[index * 4 + 3] = high + (low + place > 0xffff_ffff ? 1 : 0);
		}
	}

	#requireText(): void {
		if (!isUtf8(this.#block.subarray(0, this.#used))) throw invalidText();
		// The whole is valid, so a value is where it begins with no continuation byte.
		for (let index = 0; index < this.count; index += 1) {
			const place = this.#places[index] as number;
			if (place >= 0 && ((this.#block[place] as number) & 0xc0) === 0x80) throw invalidText();
		}
	}
}

/** Texts that are made of the values, such as their hashes. */
export class PrintedVector extends BytesVector {
	readonly #print: (value: unknown) => string;

	constructor(print: (value: unknown) => string) {
		super(true);
		this.#print = print;
	}

	override put(value: unknown): void {
		super.put(this.#print(value));
	}

	/** The bytes are those of a text. */
	override putBytes(buffer: Buffer, from: number, to: number): void {
		this.put(buffer.toString("utf8", from, to));
	}
}

function invalidText(): InvalidTextError {
	return new InvalidTextError("a text is not valid UTF-8");
}
