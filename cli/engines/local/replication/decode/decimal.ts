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
	for (const [index, part] of parts.entries()) {
		const value = groupAt(reader.buffer, at, part, negative, index === 0);
		at += part.bytes;
		const text = String(value).padStart(part.digits, "0");
		if (part.isFraction) fraction += text;
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
		number = number * group.base + groupAt(buffer, at, group, negative, index === 0);
		at += group.bytes;
	}
	return negative ? -number : number;
}

/**
 * Reads a decimal group by group.
 * @param groups of its precision and scale, at least one.
 * @param take gets the digits of each group as a number, the first ones first.
 * @returns whether it is negative.
 */
export function readGroups(
	reader: ByteReader,
	groups: readonly Group[],
	bytes: number,
	take: (value: number, digits: number) => void,
): boolean {
	const { buffer } = reader;
	let at = reader.take(bytes);
	const negative = (buffer[at] as number) < 0x80;
	for (let index = 0; index < groups.length; index += 1) {
		const group = groups[index] as Group;
		take(groupAt(buffer, at, group, negative, index === 0), group.digits);
		at += group.bytes;
	}
	return negative;
}

function groupAt(buffer: Buffer, from: number, group: Group, negative: boolean, isFirst: boolean): number {
	let value = 0;
	for (let at = from; at < from + group.bytes; at += 1) value = value * 256 + (buffer[at] as number);
	if (negative) value = group.inverse - value;
	// After the inversion of a negative number its first bit is set too.
	if (isFirst) value -= group.signBit;
	if (value < 0 || value >= group.base) throw new DecodeError("a DECIMAL has more digits than its column");
	return value;
}

export interface Group {
	bytes: number;
	digits: number;
	isFraction: boolean;
	/** More than its digits can be. */
	base: number;
	/** All of its bits. */
	inverse: number;
	/** Its first bit, which is the sign in the first group. */
	signBit: number;
}

function groupOf(bytes: number, digits: number, isFraction: boolean): Group {
	return {
		bytes,
		digits,
		isFraction,
		base: 10 ** digits,
		inverse: 256 ** bytes - 1,
		signBit: 0x80 * 256 ** (bytes - 1),
	};
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
	return Array.from({ length: Math.floor(digits / groupDigits) }, () => groupOf(4, groupDigits, isFraction));
}

function restGroup(digits: number, isFraction: boolean): Group[] {
	return digits === 0 ? [] : [groupOf(restBytes[digits] ?? 0, digits, isFraction)];
}
