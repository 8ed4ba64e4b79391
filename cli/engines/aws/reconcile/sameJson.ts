import { isDeepStrictEqual } from "node:util";

/**
 * Whether two texts are the same JSON: keys in any order, numbers written in any way, spaces anywhere. MySQL writes JSON its own way,
 * and DMS may write it in another.
 */
export function isSameJson(a: string, b: string): boolean {
	try {
		return a === b || isDeepStrictEqual(parsed(a), parsed(b));
	} catch {
		return false;
	}
}

const token = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** Numbers as exact texts, since a double holds 15 digits; strings, keys too, with a mark that numbers lack. */
function parsed(text: string): unknown {
	return JSON.parse(
		text.replaceAll(token, (found) => (found.startsWith('"') ? `"s${found.slice(1)}` : `"${exact(found)}"`)),
	);
}

/** The same text for the same number. */
function exact(number: string): string {
	const [, sign = "", whole = "", fraction = "", exponent = "0"] =
		/^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(number) ?? [];
	const digits = `${whole}${fraction}`.replace(/^0+/, "");
	const kept = digits.replace(/0+$/, "");
	return kept === "" ? "0" : `${sign}${kept}e${Number(exponent) - fraction.length + digits.length - kept.length}`;
}
