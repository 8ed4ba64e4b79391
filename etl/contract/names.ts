import { createHash } from "node:crypto";
import contract from "./contract.json" with { type: "json" };

/**
 * Names of the source as the lake and the catalog have them. A character that has no place there is written as the four
 * hexadecimal digits of its UTF-16 unit between two marks, `my table` as `my_x0020_table`, so that no two names become one and each
 * can be read back. `lakehouse/names.py` is the same for the jobs; a test holds the two together.
 */

/** Bytes of a name in the Glue Data Catalog, less those of what is put before or after it. */
const longest = 255 - Math.max(contract.catalog.changeLogSuffix.length, contract.rawColumns.beforeImagePrefix.length);

/** What stands before and after an escape: a folder whose name begins with `_` is hidden from Athena, Spark and crawlers. */
type Mark = "_" | "-";

/** Name of a table in the catalog: of ordinary characters its own, in lower case. */
export function catalogForm(name: string): string {
	return shortened(escaped(lowerCase(name), /[a-z0-9_]/, "_"), lowerCase(name), "_");
}

/** As `catalogForm`, but capital letters differ from small ones, and nothing that ends as a change log's name does. */
export function exactForm(name: string): string {
	const suffix = contract.catalog.changeLogSuffix;
	const text = escaped(name, /[a-z0-9_]/, "_");
	const own = text.endsWith(suffix) ? `${text.slice(0, -suffix.length)}${escapeOf("_", "_")}${suffix.slice(1)}` : text;
	return shortened(own, name, "_");
}

/** Name of a folder of the processed zone: as it is, where it has letters, digits, `_` and `-` alone. */
export function folderForm(name: string): string {
	const text = escaped(name, /[A-Za-z0-9_-]/, "-");
	return shortened(text.startsWith("_") ? `${escapeOf("_", "-")}${text.slice(1)}` : text, name, "-");
}

/** The name of which `folderForm` or `rawFolderForm` made this one. */
export function fromFolder(folder: string): string {
	return unescaped(folder, "-");
}

/** Name of a folder that the local replicator writes: DMS's, which is the name as it is, where a path can have that. */
export function rawFolderForm(name: string): string {
	const text = escaped(name, /[^\p{Cc}/\\]/u, "-");
	const isPlace = text === "." || text === "..";
	return shortened(isPlace ? `${escapeOf(".", "-")}${text.slice(1)}` : text, name, "-");
}

const own = new Set<string>([
	...Object.values(contract.changeLogColumns),
	...contract.catalog.ownColumns,
	contract.catalog.ownBatch,
]);

/**
 * Name of a column in change logs and current tables.
 * @param all names of the table's columns: one that looks like another's before image has another name.
 */
export function columnForm(name: string, all: readonly string[] = []): string {
	const text = escaped(name, /[A-Za-z0-9_]/, "_");
	const isTaken = own.has(name.toLowerCase()) || isImage(name, all);
	return shortened(isTaken ? `${escapeOf(text.charAt(0), "_")}${text.slice(1)}` : text, name, "_");
}

const raw = new Set(
	[contract.rawColumns.operation, contract.rawColumns.commitTime, contract.rawColumns.changeSequence].map((name) =>
		name.toLowerCase(),
	),
);

/** Name of a column in raw files: its own, unless replication adds one of this name. */
export function rawColumnForm(name: string, all: readonly string[] = []): string {
	return isRawTaken(name, all) ? `${escapeOf(name.charAt(0), "_")}${name.slice(1)}` : name;
}

/** Also what reads as an escaped name that is taken, as otherwise two names would become one. */
function isRawTaken(name: string, all: readonly string[]): boolean {
	const read = firstRead(name);
	return raw.has(name.toLowerCase()) || isImage(name, all) || (read !== name && isRawTaken(read, all));
}

/** The name of which `rawColumnForm` made this one. */
export function fromRawColumn(text: string, all: readonly string[] = []): string {
	const name = firstRead(text);
	return rawColumnForm(name, all) === text ? name : text;
}

/** A name whose first character is an escape, with that character; another as it is. */
function firstRead(text: string): string {
	return text.replace(/^_x([0-9a-f]{4})_/, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}

function isImage(name: string, all: readonly string[]): boolean {
	const prefix = contract.rawColumns.beforeImagePrefix.toLowerCase();
	const folded = name.toLowerCase();
	if (!folded.startsWith(prefix)) return false;
	const of = folded.slice(prefix.length);
	return all.some((other) => other.toLowerCase() === of);
}

/** In lower case as catalogs fold names: letters of ASCII alone. */
function lowerCase(name: string): string {
	return name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function escapeOf(unit: string, mark: Mark): string {
	return `${mark}x${unit.charCodeAt(0).toString(16).padStart(4, "0")}${mark}`;
}

/** @param kept matches the characters that stay. */
function escaped(name: string, kept: RegExp, mark: Mark): string {
	let text = "";
	for (let at = 0; at < name.length; at += 1) {
		const unit = name.charAt(at);
		const looksEscaped = unit === mark && /^x(?:[0-9a-f]{4}|[zh][_-])/i.test(name.slice(at + 1, at + 6));
		text += kept.test(unit) && !looksEscaped ? unit : escapeOf(unit, mark);
	}
	return text;
}

/** A name that is too long with its escapes, as one number; where that is too long as well, as a digest, which cannot be read back. */
function shortened(text: string, name: string, mark: Mark): string {
	if (Buffer.byteLength(text) <= longest) return text;
	const units = Buffer.from(name, "utf16le").swap16().toString("hex");
	const number = `${mark}xz${mark}${BigInt(`0x1${units}`).toString(36)}`;
	if (number.length <= longest) return number;
	return `${mark}xh${mark}${createHash("sha256").update(units).digest("hex")}`;
}

/** The name in a text that has escapes. */
function unescaped(text: string, mark: Mark): string {
	if (text.startsWith(`${mark}xz${mark}`)) return fromNumber(text.slice(4));
	return text.replaceAll(new RegExp(`${mark}x([0-9a-f]{4})${mark}`, "g"), (_, digits: string) =>
		String.fromCharCode(Number.parseInt(digits, 16)),
	);
}

function fromNumber(digits: string): string {
	const number = [...digits].reduce((sum, digit) => sum * 36n + BigInt(Number.parseInt(digit, 36)), 0n);
	return Buffer.from(number.toString(16).slice(1), "hex").swap16().toString("utf16le");
}

/** The name of which `catalogForm` (in lower case), `exactForm` or `columnForm` made this one. */
export function fromCatalog(text: string): string {
	return unescaped(text, "_");
}
