import { type ByteReader, DecodeError } from "./byteReader.ts";

/** Bytes of 0 to 8 digits, which are less than a group of 9. */
const restBytes = [0, 1, 1, 2, 2, 3, 3, 4, 4];
const groupDigits = 9;

/** DECIMAL as the server prints it: groups of 9 digits, big-endian; the sign is the first bit, and a negative number is inverted. */
export function readDecimal(reader: ByteReader, precision: number, scale: number): string {
	const parts = decimalGroups(precision, scale);
	let at = reader.take(parts.reduce((sum, part) => sum + part.bytes, 0));
	if (parts.length === 0) throw new DecodeError("a DECIMAL has no digits");
	const negative = reader.buffer.readUInt8(at) < 0x80;
	let integer = "";
	let fraction = "";
	for (const [index, { bytes, digits, isFraction }] of parts.entries()) {
		let value = reader.buffer.readUIntBE(at, bytes);
		at += bytes;
		if (negative) value = 256 ** bytes - 1 - value;
		if (index === 0) value -= 0x80 * 256 ** (bytes - 1);
		// After the inversion of a negative number its first bit is set too.
		const text = String(value).padStart(digits, "0");
		if (value < 0 || text.length > digits) throw new DecodeError("a DECIMAL has more digits than its column");
		if (isFraction) fraction += text;
		else integer += text;
	}
	const number = integer.replace(/^0+(?=\d)/, "") || "0";
	return `${negative ? "-" : ""}${number}${scale === 0 ? "" : `.${fraction}`}`;
}

/** Groups of digits, in the order of their bytes. */
export function decimalGroups(precision: number, scale: number): Group[] {
	return [...integerGroups(precision - scale), ...fractionGroups(scale)];
}

/**
 * A decimal of at most 15 digits, which a number has exactly, without its point.
 * @param groups of its precision and scale, at least one.
 */
export function readSmallDecimal(reader: ByteReader, groups: readonly Group[], bytes: number): number {
	const { buffer } = reader;
	let at = reader.take(bytes);
	const negative = (buffer[at] as number) < 0x80;
	let number = 0;
	for (let index = 0; index < groups.length; index += 1) {
		const group = groups[index] as Group;
		let value = 0;
		for (const end = at + group.bytes; at < end; at += 1) value = value * 256 + (buffer[at] as number);
		if (negative) value = 256 ** group.bytes - 1 - value;
		if (index === 0) value -= 0x80 * 256 ** (group.bytes - 1);
		const most = 10 ** group.digits;
		if (value < 0 || value >= most) throw new DecodeError("a DECIMAL has more digits than its column");
		number = number * most + value;
	}
	return negative ? -number : number;
}

export interface Group {
	bytes: number;
	digits: number;
	isFraction: boolean;
}

/** The rest comes first. */
function integerGroups(digits: number): Group[] {
	const rest = digits % groupDigits;
	return [...restGroup(rest, false), ...wholeGroups(digits, false)];
}

/** The rest comes last. */
function fractionGroups(digits: number): Group[] {
	return [...wholeGroups(digits, true), ...restGroup(digits % groupDigits, true)];
}

function wholeGroups(digits: number, isFraction: boolean): Group[] {
	return Array.from({ length: Math.floor(digits / groupDigits) }, () => ({
		bytes: 4,
		digits: groupDigits,
		isFraction,
	}));
}

function restGroup(digits: number, isFraction: boolean): Group[] {
	return digits === 0 ? [] : [{ bytes: restBytes[digits] ?? 0, digits, isFraction }];
}
