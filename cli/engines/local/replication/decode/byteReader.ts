/** Bytes that are not what the protocol says: cut, damaged, or of a kind that is not known. Its message names what was being read. */
export class DecodeError extends Error {}

/** Reads a buffer from front to back, little-endian. Every read beyond its end is a DecodeError. */
export class ByteReader {
	readonly buffer: Buffer;
	readonly end: number;
	at: number;

	constructor(buffer: Buffer, at = 0, end = buffer.length) {
		this.buffer = buffer;
		this.at = at;
		this.end = end;
	}

	get left(): number {
		return this.end - this.at;
	}

	/** @returns where the next `count` bytes begin, and steps over them. */
	take(count: number): number {
		const start = this.at;
		if (count < 0 || count > this.end - start) {
			throw new DecodeError(`${count} bytes are expected at ${start}, but only ${this.end} exist`);
		}
		this.at = start + count;
		return start;
	}

	skip(count: number): void {
		this.take(count);
	}

	/** A view, not a copy. */
	bytes(count: number): Buffer {
		const start = this.take(count);
		return this.buffer.subarray(start, start + count);
	}

	rest(): Buffer {
		return this.bytes(this.left);
	}

	u8(): number {
		return this.buffer.readUInt8(this.take(1));
	}

	i8(): number {
		return this.buffer.readInt8(this.take(1));
	}

	u16(): number {
		return this.buffer.readUInt16LE(this.take(2));
	}

	i16(): number {
		return this.buffer.readInt16LE(this.take(2));
	}

	u24(): number {
		return this.buffer.readUIntLE(this.take(3), 3);
	}

	i24(): number {
		return this.buffer.readIntLE(this.take(3), 3);
	}

	u32(): number {
		return this.buffer.readUInt32LE(this.take(4));
	}

	i32(): number {
		return this.buffer.readInt32LE(this.take(4));
	}

	u48(): number {
		return this.buffer.readUIntLE(this.take(6), 6);
	}

	u64(): bigint {
		return this.buffer.readBigUInt64LE(this.take(8));
	}

	i64(): bigint {
		return this.buffer.readBigInt64LE(this.take(8));
	}

	/** A number of 1 to 4 bytes. */
	uint(bytes: number): number {
		return this.buffer.readUIntLE(this.take(bytes), bytes);
	}

	/** Big-endian, 1 to 6 bytes. */
	uintBe(bytes: number): number {
		return this.buffer.readUIntBE(this.take(bytes), bytes);
	}

	/** A u64 that must fit a number: an offset, a size. */
	size64(): number {
		const value = this.u64();
		if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new DecodeError(`${value} is too large for a size`);
		return Number(value);
	}

	/** A length-encoded integer. */
	lenenc(): number {
		const first = this.u8();
		if (first < 0xfb) return first;
		if (first === 0xfc) return this.u16();
		if (first === 0xfd) return this.u24();
		if (first === 0xfe) return this.size64();
		throw new DecodeError(`0x${first.toString(16)} does not begin a length-encoded integer`);
	}

	/** Bytes after their length in `lengthBytes` bytes. */
	counted(lengthBytes: number): Buffer {
		return this.bytes(this.uint(lengthBytes));
	}

	/** UTF-8 text after one length byte, and the 0 byte that follows some names. */
	name(): string {
		const text = this.counted(1).toString("utf8");
		if (this.u8() !== 0) throw new DecodeError("a name does not end with a 0 byte");
		return text;
	}

	/** A reader of the next `count` bytes, which this one steps over. */
	part(count: number): ByteReader {
		const start = this.take(count);
		return new ByteReader(this.buffer, start, start + count);
	}
}

/** Bit `index` of a bitmap, lowest bit first. */
export function bitOf(bitmap: Buffer, index: number): boolean {
	return (bitmap.readUInt8(index >> 3) & (1 << (index & 7))) !== 0;
}

/** Bit `index` of a bitmap, highest bit first. */
export function highBitOf(bitmap: Buffer, index: number): boolean {
	const byte = index >> 3;
	return byte < bitmap.length && (bitmap.readUInt8(byte) & (0x80 >> (index & 7))) !== 0;
}
