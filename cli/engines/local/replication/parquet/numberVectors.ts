import { FixedVector } from "./columnVector.ts";
import { dateDays, timestampOf } from "./dates.ts";

/** Arrays of numbers by DuckDB's type of the column. */
const arrays = {
	i8: Int8Array,
	u8: Uint8Array,
	i16: Int16Array,
	u16: Uint16Array,
	i32: Int32Array,
	u32: Uint32Array,
	f32: Float32Array,
	f64: Float64Array,
};

/** Numbers that JavaScript has exactly. */
export class NumberVector extends FixedVector {
	readonly #values:
		| Int8Array
		| Uint8Array
		| Int16Array
		| Uint16Array
		| Int32Array
		| Uint32Array
		| Float32Array
		| Float64Array;

	constructor(kind: keyof typeof arrays) {
		super(arrays[kind].BYTES_PER_ELEMENT);
		this.#values = new arrays[kind](this.bytes);
	}

	put(value: unknown): void {
		this.putNumber(Number(value));
	}

	putNumber(value: number): void {
		this.#values[this.count++] = value;
	}
}

/** Integers of 64 bits, signed or not: the bits are the same. */
export class LongVector extends FixedVector {
	readonly #values: BigInt64Array;
	readonly #halves: Uint32Array;

	constructor() {
		super(8);
		this.#values = new BigInt64Array(this.bytes);
		this.#halves = new Uint32Array(this.bytes);
	}

	put(value: unknown): void {
		this.#values[this.count++] = typeof value === "bigint" ? value : BigInt(value as string);
	}

	/** @param low the lower 32 bits. @param high the upper ones. */
	putHalves(low: number, high: number): void {
		this.#halves[this.count * 2] = low;
		this.#halves[this.count * 2 + 1] = high;
		this.count += 1;
	}
}

/** Booleans of a BIT(1), which comes as a byte. */
export class BitVector extends FixedVector {
	readonly #values: Uint8Array;

	constructor() {
		super(1);
		this.#values = new Uint8Array(this.bytes);
	}

	put(value: unknown): void {
		this.putBytes(value as Buffer, 0);
	}

	putBytes(buffer: Buffer, from: number): void {
		this.#values[this.count++] = buffer[from] === 1 ? 1 : 0;
	}
}

/** Dates, or times of them. One that no calendar knows, with a month or a day of zero, is null. */
abstract class CalendarVector extends FixedVector {
	readonly #keyColumn: string | undefined;

	/** @param keyColumn the name of a column of the primary key: there a null would make one of several rows. */
	constructor(bytes: number, keyColumn: string | undefined) {
		super(bytes);
		this.#keyColumn = keyColumn;
	}

	putZero(): void {
		if (this.#keyColumn !== undefined) {
			throw new Error(
				`its key column ${this.#keyColumn} has a date with a month or day of zero, which becomes null in the lake, so different rows would be merged; correct such dates at the source, then reload the table`,
			);
		}
		this.putNull();
	}
}

/** Days since 1970-01-01. */
export class DateVector extends CalendarVector {
	readonly #values: Int32Array;

	constructor(keyColumn?: string) {
		super(4, keyColumn);
		this.#values = new Int32Array(this.bytes);
	}

	put(value: unknown): void {
		const days = dateDays(String(value));
		if (days === undefined) this.putZero();
		else this.putDays(days);
	}

	putDays(days: number): void {
		this.#values[this.count++] = days;
	}
}

/** Microseconds since 1970-01-01 00:00:00. */
export class TimestampVector extends CalendarVector {
	readonly #halves: Int32Array;

	constructor(keyColumn?: string) {
		super(8, keyColumn);
		this.#halves = new Int32Array(this.bytes);
	}

	put(value: unknown): void {
		const time = timestampOf(String(value));
		if (time === undefined) this.putZero();
		else this.putTime(time.seconds, time.micros);
	}

	/** @param seconds since 1970. @param micros of a second. */
	putTime(seconds: number, micros: number): void {
		// seconds * 10^6 + micros in two halves of 32 bits, each step of which a double has exactly: 4096 * 10^6 = 15625 * 2^18.
		const whole = Math.floor(seconds / 4096);
		const product = whole * 15_625;
		const upper = Math.floor(product / 16_384);
		const low = (product - upper * 16_384) * 262_144 + (seconds - whole * 4096) * 1_000_000 + micros;
		const carry = Math.floor(low / 4_294_967_296);
		this.#halves[this.count * 2] = low - carry * 4_294_967_296;
		this.#halves[this.count * 2 + 1] = upper + carry;
		this.count += 1;
	}
}

/** Digits that a number of JavaScript's has exactly. */
export const exactDigits = 15;

/** Digits by which a word of 32 bits can be shifted so that a number has the result exactly. */
const partDigits = 6;
const partBase = 10 ** partDigits;

/** Decimals of at most 38 digits, as the integers without their points. */
export class DecimalVector extends FixedVector {
	readonly #scale: number;
	/** 32 bits each, the lowest first; of one of at most 4 digits 16. */
	readonly #words: Int32Array;
	readonly #small: Int16Array | undefined;
	/** Of a decimal whose digits are not all there yet: 32 bits each, the lowest first. */
	readonly #parts = new Float64Array(4);
	/** Those of them that count. */
	#used = 0;
	readonly #width: number;

	constructor(precision: number, scale: number) {
		const width = precision <= 4 ? 2 : precision <= 9 ? 4 : precision <= 18 ? 8 : 16;
		super(width);
		this.#scale = scale;
		this.#width = width;
		this.#words = new Int32Array(this.bytes);
		this.#small = width === 2 ? new Int16Array(this.bytes) : undefined;
	}

	put(value: unknown): void {
		const digits = Buffer.from(digitsOf(String(value), this.#scale), "latin1");
		this.putBytes(digits, 0, digits.length);
	}

	/** Adds a decimal as text in a part of a buffer, with all digits of its scale. */
	putBytes(buffer: Buffer, from: number, to: number): void {
		const negative = buffer[from] === 0x2d;
		let integer = 0;
		if (to - from <= exactDigits) {
			for (let at = negative ? from + 1 : from; at < to; at += 1) {
				const digit = (buffer[at] as number) - 0x30;
				// Neither a digit: the point.
				if (digit >= 0) integer = integer * 10 + digit;
			}
			this.putUnscaled(negative ? -integer : integer);
			return;
		}
		let most = exactDigits;
		let digits = 0;
		for (let at = negative ? from + 1 : from; at < to; at += 1) {
			const digit = (buffer[at] as number) - 0x30;
			if (digit < 0) continue;
			if (digits === most) {
				if (most === exactDigits) this.begin(integer);
				else this.#shift(partBase, integer);
				most = partDigits;
				integer = 0;
				digits = 0;
			}
			integer = integer * 10 + digit;
			digits += 1;
		}
		if (most === exactDigits) {
			this.putUnscaled(negative ? -integer : integer);
			return;
		}
		this.#shift(10 ** digits, integer);
		this.end(negative);
	}

	/**
	 * Begins a decimal of more than 15 digits. No big integers: each would be an object, and six more to take it apart.
	 * @param value of its first digits, at most 15.
	 */
	begin(value: number): void {
		const upper = Math.floor(value / 4_294_967_296);
		this.#parts[0] = value - upper * 4_294_967_296;
		this.#parts[1] = upper;
		this.#used = 2;
	}

	/**
	 * Adds its next digits; `end` after the last.
	 * @param digits at most 9 of them.
	 */
	append(value: number, digits: number): void {
		if (digits <= partDigits) {
			this.#shift(10 ** digits, value);
			return;
		}
		const low = value % partBase;
		this.#shift(10 ** (digits - partDigits), (value - low) / partBase);
		this.#shift(partBase, low);
	}

	end(negative: boolean): void {
		const words = this.#width / 4;
		const at = this.count * words;
		this.count += 1;
		let carry = negative ? 1 : 0;
		for (let word = 0; word < words; word += 1) {
			const bits = word < this.#used ? (this.#parts[word] as number) : 0;
			// Two's complement: inverted, and one more.
			const value = negative ? ~bits + carry : bits;
			if (carry === 1 && (value | 0) !== 0) carry = 0;
			this.#words[at + word] = value;
		}
	}

	/** An integer of up to 128 bits times a factor of at most 10^6, and something added: every step is exact in a double. */
	#shift(factor: number, add: number): void {
		let carry = add;
		for (let word = 0; word < this.#used; word += 1) {
			const product = (this.#parts[word] as number) * factor + carry;
			carry = Math.floor(product / 4_294_967_296);
			this.#parts[word] = product - carry * 4_294_967_296;
		}
		if (carry === 0) return;
		this.#parts[this.#used] = carry;
		this.#used += 1;
	}

	/** Adds a decimal of at most 15 digits as the integer without its point. */
	putUnscaled(integer: number): void {
		const { count } = this;
		this.count += 1;
		if (this.#small !== undefined) {
			this.#small[count] = integer;
			return;
		}
		const words = this.#width / 4;
		this.#words[count * words] = integer;
		if (words === 1) return;
		this.#words[count * words + 1] = Math.floor(integer / 4_294_967_296);
		if (words === 2) return;
		const sign = integer < 0 ? -1 : 0;
		this.#words[count * 4 + 2] = sign;
		this.#words[count * 4 + 3] = sign;
	}
}

/** `-12.30` of a scale of three is -12300. */
function digitsOf(text: string, scale: number): string {
	const point = text.indexOf(".");
	if (point < 0) return scale === 0 ? text : text + "0".repeat(scale);
	return (text.slice(0, point) + text.slice(point + 1)).padEnd(point + scale, "0");
}
