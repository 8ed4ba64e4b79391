import duckdb, { type Vector } from "@duckdb/node-bindings";

/** Rows of a vector of DuckDB's. */
export const vectorRows = 2048;

/**
 * Values of one column on their way into a vector of DuckDB's, at most `vectorRows` of them: written as the bytes that the vector has,
 * without an object a value.
 */
export interface ColumnVector {
	/** Adds a value that is not null, as the binlog's readers or the snapshot give it. */
	put(value: unknown): void;
	putNull(): void;
	/** Copies all values into a vector, and begins again. */
	flush(target: Vector): void;
}

/** What all vectors share: the count of values, and which of them are null. */
export abstract class NullableVector implements ColumnVector {
	/** Values so far. */
	protected count = 0;
	/** A bit a value: 1 where there is one. */
	readonly #valid = new Uint8Array(vectorRows / 8).fill(0xff);
	#hasNull = false;

	abstract put(value: unknown): void;

	putNull(): void {
		this.#hasNull = true;
		this.#valid[this.count >> 3] = (this.#valid[this.count >> 3] ?? 0) & ~(1 << (this.count & 7));
		this.count += 1;
	}

	flush(target: Vector): void {
		if (this.#hasNull) {
			duckdb.vector_ensure_validity_writable(target);
			// Whole words of 64 bits: those beyond the last value are not read.
			const bytes = Math.ceil(this.count / 64) * 8;
			duckdb.copy_data_to_vector_validity(target, 0, this.#valid.buffer, 0, bytes);
			this.#valid.fill(0xff);
			this.#hasNull = false;
		}
		this.copy(target);
		this.count = 0;
	}

	/** Copies the values, of which those that are null may be anything. */
	protected abstract copy(target: Vector): void;
}

/** A vector whose values have one width. */
export abstract class FixedVector extends NullableVector {
	protected readonly bytes: ArrayBuffer;
	readonly #width: number;

	/** @param width bytes of a value. */
	constructor(width: number) {
		super();
		this.#width = width;
		this.bytes = new ArrayBuffer(vectorRows * width);
	}

	protected copy(target: Vector): void {
		duckdb.copy_data_to_vector(target, 0, this.bytes, 0, this.count * this.#width);
	}
}
