/** A JSON value: a scalar as the text that the server prints, a list of values, or members in the server's order. */
export type JsonValue = string | JsonArray | JsonObject;

export interface JsonArray {
	kind: "array";
	items: JsonValue[];
}

export interface JsonObject {
	kind: "object";
	/** By name. */
	members: Map<string, JsonValue>;
}

/** The text as the server prints it. */
export function jsonText(value: JsonValue): string {
	if (typeof value === "string") return value;
	if (value.kind === "array") return `[${value.items.map(jsonText).join(", ")}]`;
	const members = [...value.members].map(([name, member]) => `${quoteJson(name)}: ${jsonText(member)}`);
	return `{${members.join(", ")}}`;
}

const short: Record<string, string> = {
	'"': '\\"',
	"\\": "\\\\",
	"\b": "\\b",
	"\f": "\\f",
	"\n": "\\n",
	"\r": "\\r",
	"\t": "\\t",
};

export function quoteJson(text: string): string {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: the server escapes these.
	const escaped = text.replace(/["\\\u0000-\u001f]/g, (character) => {
		return short[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
	});
	return `"${escaped}"`;
}

/**
 * A double as the server prints it: the fewest digits that give it back, always with a point or an exponent.
 * https://github.com/mysql/mysql-server/blob/trunk/strings/dtoa.cc (my_gcvt)
 */
export function doubleText(value: number): string {
	const sign = value < 0 || Object.is(value, -0) ? "-" : "";
	if (value === 0) return `${sign}0.0`;
	const [mantissa = "", exponent = ""] = Math.abs(value).toExponential().split("e");
	const digits = mantissa.replace(".", "");
	/** Digits before the point. */
	const point = Number(exponent) + 1;
	if ((point >= -14 && point <= 15) || (point >= 16 && digits.length > point)) {
		if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
		if (digits.length <= point) return `${sign}${digits}${"0".repeat(point - digits.length)}.0`;
		return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
	}
	const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
	return `${sign}${digits[0]}${fraction}e${point - 1}`;
}

/** Members are ordered by the bytes of their names' lengths, then by their bytes. */
export function compareNames(a: string, b: string): number {
	const left = Buffer.from(a);
	const right = Buffer.from(b);
	return left.length - right.length || Buffer.compare(left, right);
}
