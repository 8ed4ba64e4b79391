import { type ByteReader, DecodeError } from "./byteReader.ts";

/** Times as the server prints them. Layouts: https://dev.mysql.com/doc/dev/mysql-server/latest/ (my_time.cc). */

const two = Array.from({ length: 100 }, (_, index) => String(index).padStart(2, "0"));

function digits(value: number): string {
	return two[value] ?? String(value);
}

function fourDigits(year: number): string {
	return year >= 1000 ? String(year) : String(year).padStart(4, "0");
}

function dateText(year: number, month: number, day: number): string {
	return `${fourDigits(year)}-${digits(month)}-${digits(day)}`;
}

function fractionText(micros: number, scale: number): string {
	return scale === 0 ? "" : `.${String(micros).padStart(6, "0").slice(0, scale)}`;
}

const bytesByScale = [0, 1, 1, 2, 2, 3, 3];
const fractionUnits = [0, 10_000, 10_000, 100, 100, 1, 1];

/** Bytes of the seconds' fraction. */
export function fractionBytes(scale: number): number {
	return bytesByScale[scale] ?? 0;
}

/** Microseconds of a fraction as it is stored. */
export function microsOf(stored: number, scale: number): number {
	return stored * (fractionUnits[scale] ?? 0);
}

/** 3 bytes: year, month, day. */
export function readDate(reader: ByteReader): string {
	const value = reader.u24();
	return dateText(value >> 9, (value >> 5) & 15, value & 31);
}

/** An offset from 1900; 0 is the year 0000. */
export function readYear(reader: ByteReader): number {
	const value = reader.u8();
	return value === 0 ? 0 : value + 1900;
}

/** What the values of 0 to 3 bytes are fewer than. */
const units = [1, 0x100, 0x1_0000, 0x100_0000];

/**
 * Seconds and fraction are one number with an offset, and a negative one is negative as a whole: cutting it into hours, minutes
 * and seconds before that loses a carry.
 */
export function readTime2(reader: ByteReader, scale: number): string {
	const fraction = fractionBytes(scale);
	const unit = units[fraction] as number;
	const value = reader.uintBe(3 + fraction) - 0x80_0000 * unit;
	const absolute = Math.abs(value);
	return timeText(value < 0, Math.floor(absolute / unit), microsOf(absolute % unit, scale), scale);
}

/** @param hms hours in 10 bits, minutes and seconds in 6 each. */
function timeText(negative: boolean, hms: number, micros: number, scale: number): string {
	const text = `${digits(hms >> 12)}:${digits((hms >> 6) & 63)}:${digits(hms & 63)}`;
	return `${negative ? "-" : ""}${text}${fractionText(micros, scale)}`;
}

/** 5 bytes: year and month as one number to the base 13, day, hour, minute, second; then the fraction. */
export function readDatetime2(reader: ByteReader, scale: number): string {
	const whole = reader.uintBe(5) - 0x80_0000_0000;
	if (whole < 0) throw new DecodeError("a DATETIME is negative");
	const fraction = fractionBytes(scale) === 0 ? 0 : reader.uintBe(fractionBytes(scale));
	return datetimeText(Math.floor(whole / 0x2_0000), whole % 0x2_0000, microsOf(fraction, scale), scale);
}

function datetimeText(ymd: number, hms: number, micros: number, scale: number): string {
	const yearMonth = Math.floor(ymd / 32);
	const date = dateText(Math.floor(yearMonth / 13), yearMonth % 13, ymd % 32);
	return `${date} ${timeText(false, hms, micros, scale)}`;
}

/** Seconds since 1970 in UTC, and the fraction; 0 without a fraction is the zero date. */
export function readTimestamp2(reader: ByteReader, scale: number): string {
	const seconds = reader.uintBe(4);
	const micros = fractionBytes(scale) === 0 ? 0 : microsOf(reader.uintBe(fractionBytes(scale)), scale);
	return timestampText(seconds, micros, scale);
}

function timestampText(seconds: number, micros: number, scale: number): string {
	if (seconds === 0 && micros === 0) return `0000-00-00 00:00:00${fractionText(0, scale)}`;
	const text = new Date(seconds * 1000).toISOString();
	return `${text.slice(0, 10)} ${text.slice(11, 19)}${fractionText(micros, scale)}`;
}

/** TIMESTAMP of a table that was made before MySQL 5.6.4. */
export function readOldTimestamp(reader: ByteReader): string {
	return timestampText(reader.u32(), 0, 0);
}

/** DATETIME of such a table: YYYYMMDDhhmmss as a number. */
export function readOldDatetime(reader: ByteReader): string {
	const text = String(reader.u64()).padStart(14, "0");
	if (text.length > 14) throw new DecodeError("a DATETIME has more than 14 digits");
	return text.replace(/^(....)(..)(..)(..)(..)(..)$/, "$1-$2-$3 $4:$5:$6");
}

/** TIME of such a table: hhmmss as a number. */
export function readOldTime(reader: ByteReader): string {
	const value = reader.i24();
	const absolute = Math.abs(value);
	const hours = Math.floor(absolute / 10_000);
	return `${value < 0 ? "-" : ""}${digits(hours)}:${digits(Math.floor(absolute / 100) % 100)}:${digits(absolute % 100)}`;
}

/** The times inside JSON: a whole number in the upper bits, microseconds in the lower 24; negative as a whole. */
export function packedDate(packed: bigint): string {
	return packedDatetime(packed).slice(0, 10);
}

export function packedDatetime(packed: bigint): string {
	if (packed < 0n) throw new DecodeError("a DATETIME in JSON is negative");
	const whole = Number(packed >> 24n);
	return datetimeText(Math.floor(whole / 0x2_0000), whole % 0x2_0000, Number(packed & 0xff_ffffn), 6);
}

export function packedTime(packed: bigint): string {
	const absolute = packed < 0n ? -packed : packed;
	return timeText(packed < 0n, Number((absolute >> 24n) & 0x3f_ffffn), Number(absolute & 0xff_ffffn), 6);
}
