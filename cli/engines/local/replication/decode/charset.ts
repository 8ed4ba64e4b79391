import { mayHaveTwins } from "../model/keyTwins.ts";

/** A character set of the server. */
export interface Charset {
	name: string;
	/** Whether bytes below 80 are ASCII: a text of such bytes is the same in UTF-8. */
	hasAscii: boolean;
	/** Text as the server gives it to a client of utf8mb4. */
	decode(bytes: Buffer): string;
	/** Whether the server would have other bytes for the same text; undefined where it never has. */
	isTwin?(bytes: Buffer): boolean;
}

/** What the server makes of the bytes of a character set that is not one of Unicode's. */
export interface CharsetTable {
	/** 256 texts of one byte. */
	one: readonly string[];
	/** Characters of two bytes, by their number; also those that Unicode lacks, which the server gives as one question mark. */
	two: ReadonlyMap<number, string>;
	/** Characters of three bytes, by their number; the first is 8F. */
	three: ReadonlyMap<number, string>;
	/** gb18030: characters of four bytes, by their place in the order of these. */
	four: ReadonlyMap<number, string>;
	/** Characters, as hexadecimal bytes, whose text has other bytes at the server: several have one text. */
	twins: ReadonlySet<string>;
}

/** The server's character sets by the ids of their collations. */
export interface Charsets {
	/** @returns undefined where the server does not have it, or its table was not read. */
	ofCollation(collation: number): Charset | undefined;
}

export const binaryCharset = "binary";
/** What the server writes for bytes that are not a character. */
const invalid = "?";

/** Character sets whose valid bytes are UTF-8's. */
export const utf8Charsets: ReadonlySet<string> = new Set(["utf8", "utf8mb3", "utf8mb4"]);
const decodeUtf8 = (bytes: Buffer): string => bytes.toString("utf8");
const unicode: Record<string, (bytes: Buffer) => string> = {
	utf8: decodeUtf8,
	utf8mb3: decodeUtf8,
	utf8mb4: decodeUtf8,
	ucs2: decodeUcs2,
	utf16: decodeUtf16Be,
	utf16le: (bytes) => bytes.toString("utf16le"),
	utf32: decodeUtf32Be,
	// Members of an ENUM, or a client's statements: the server hands such bytes on, and takes names for UTF-8.
	[binaryCharset]: decodeUtf8,
};

/** A character set that needs no table. */
export function unicodeCharset(name: string): Charset | undefined {
	const decode = unicode[name];
	if (decode === undefined) return undefined;
	const charset: Charset = { name, hasAscii: utf8Charsets.has(name), decode };
	return decode === decodeUcs2 ? { ...charset, isTwin: (bytes) => decode(bytes).includes(halfPair) } : charset;
}

function decodeUtf16Be(bytes: Buffer): string {
	return Buffer.from(bytes.subarray(0, bytes.length & ~1))
		.swap16()
		.toString("utf16le");
}

/** What a client makes of the three bytes that the server gives for half of a pair. */
const halfPair = "\ufffd\ufffd\ufffd";

/** It knows no pairs: each half is a character to it. */
function decodeUcs2(bytes: Buffer): string {
	return decodeUtf16Be(bytes).replace(/[\ud800-\udfff]/g, halfPair);
}

function decodeUtf32Be(bytes: Buffer): string {
	let text = "";
	for (let at = 0; at + 4 <= bytes.length; at += 4) {
		const code = bytes.readUInt32BE(at);
		if (code > 0x10_ffff) text += invalid;
		else text += code >= 0xd800 && code <= 0xdfff ? halfPair : String.fromCodePoint(code);
	}
	return text;
}

/** A character set by the server's own table. */
export function tableCharset(name: string, table: CharsetTable): Charset {
	const hasAscii = table.one.slice(0, 0x80).every((text, byte) => text === String.fromCharCode(byte));
	const charset: Charset = { name, hasAscii, decode: (bytes) => decodeByTable(bytes, table) };
	if (!mayHaveTwins(name)) return charset;
	const { twins } = table;
	const isPlain = hasAscii && ![...twins].some((code) => Number.parseInt(code, 16) < 0x80);
	return {
		...charset,
		isTwin: (bytes) =>
			!(isPlain && bytes.every((byte) => byte < 0x80)) && charactersOf(bytes, table).some((one) => isTwin(one, twins)),
	};
}

function decodeByTable(bytes: Buffer, table: CharsetTable): string {
	if (table.two.size === 0) {
		let text = "";
		for (const byte of bytes) text += table.one[byte] ?? invalid;
		return text;
	}
	let text = "";
	for (let at = 0; at < bytes.length; ) {
		const { character, length } = characterAt(bytes, at, table);
		text += character;
		at += length;
	}
	return text;
}

/** A character of a text: its bytes in hexadecimal, and what it is in Unicode. */
interface Character {
	code: string;
	text: string;
}

export function charactersOf(bytes: Buffer, table: CharsetTable): Character[] {
	const found: Character[] = [];
	for (let at = 0; at < bytes.length; ) {
		const { character, length } = characterAt(bytes, at, table);
		found.push({ code: bytes.toString("hex", at, at + length), text: character });
		at += length;
	}
	return found;
}

/** A byte that belongs to none reads as a question mark. */
function isTwin({ code, text }: Character, twins: ReadonlySet<string>): boolean {
	return (text === invalid && code !== "3f") || twins.has(code);
}

function characterAt(bytes: Buffer, at: number, table: CharsetTable): { character: string; length: number } {
	const first = bytes[at] ?? 0;
	if (first >= 0x80 && at + 1 < bytes.length) {
		if (first === 0x8f && table.three.size > 0 && at + 2 < bytes.length) {
			const character = table.three.get(bytes.readUIntBE(at, 3));
			if (character !== undefined) return { character, length: 3 };
		}
		if (table.four.size > 0 && at + 3 < bytes.length) {
			const character = fourBytes(bytes, at, table.four);
			if (character !== undefined) return { character, length: 4 };
		}
		const character = table.two.get(bytes.readUInt16BE(at));
		if (character !== undefined) return { character, length: 2 };
	}
	return { character: table.one[first] ?? invalid, length: 1 };
}

/** Of gb18030's four bytes, 90 30 81 30 is U+10000, and the others follow in order. */
const supplementary = linear4(0x90, 0x30, 0x81, 0x30);

function fourBytes(bytes: Buffer, at: number, four: ReadonlyMap<number, string>): string | undefined {
	const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(at, at + 4);
	if (a < 0x81 || b < 0x30 || b > 0x39 || c < 0x81 || c > 0xfe || d < 0x30 || d > 0x39) return undefined;
	const place = linear4(a, b, c, d);
	if (place < supplementary) return four.get(place) ?? invalid;
	const code = 0x1_0000 + place - supplementary;
	return code > 0x10_ffff ? invalid : String.fromCodePoint(code);
}

/** The place of four bytes of gb18030 in their order. */
export function linear4(a: number, b: number, c: number, d: number): number {
	return (((a - 0x81) * 10 + (b - 0x30)) * 126 + (c - 0x81)) * 10 + (d - 0x30);
}
