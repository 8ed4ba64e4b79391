import { ByteReader, DecodeError } from "../byteReader.ts";
import { readBinaryJson } from "./binaryJson.ts";
import { compareNames, type JsonValue } from "./jsonValue.ts";

/** What an update changed within a JSON value. https://github.com/mysql/mysql-server/blob/trunk/sql-common/json_diff.h */
const operations = ["replace", "insert", "remove"] as const;

type Leg = string | number;

/**
 * Applies the changes of an update to the value before it.
 * @returns the value after it; the one before may have been changed.
 * @throws DecodeError where a change does not fit the value.
 */
export function applyJsonDiff(before: JsonValue, diff: Buffer): JsonValue {
	const reader = new ByteReader(diff);
	let value = before;
	while (reader.left > 0) {
		const code = reader.u8();
		const operation = operations[code];
		if (operation === undefined) throw new DecodeError(`a JSON change has the unknown operation ${code}`);
		const path = reader.bytes(reader.lenenc()).toString("utf8");
		const changed = operation === "remove" ? undefined : readBinaryJson(reader.bytes(reader.lenenc()));
		const legs = parsePath(path);
		const last = legs.pop();
		if (last === undefined) {
			if (changed === undefined) throw new DecodeError("a JSON change removes the whole value");
			value = changed;
			continue;
		}
		change(parentOf(value, legs), last, operation === "insert", changed);
	}
	return value;
}

function parentOf(value: JsonValue, legs: readonly Leg[]): JsonValue {
	let parent = value;
	for (const leg of legs) {
		const child = childOf(parent, leg);
		if (child === undefined) throw notFound();
		parent = child;
	}
	return parent;
}

function childOf(parent: JsonValue, leg: Leg): JsonValue | undefined {
	if (typeof parent === "string") return undefined;
	if (parent.kind === "array") return typeof leg === "number" ? parent.items[leg] : undefined;
	return typeof leg === "string" ? parent.members.get(leg) : undefined;
}

function change(parent: JsonValue, leg: Leg, inserts: boolean, value: JsonValue | undefined): void {
	if (typeof parent === "string") throw notFound();
	if (parent.kind === "array") {
		if (typeof leg !== "number" || leg > parent.items.length) throw notFound();
		if (value === undefined) parent.items.splice(leg, 1);
		else parent.items.splice(leg, inserts ? 0 : 1, value);
		return;
	}
	if (typeof leg !== "string") throw notFound();
	if (value === undefined) {
		if (!parent.members.delete(leg)) throw notFound();
	} else if (parent.members.has(leg)) {
		parent.members.set(leg, value);
	} else {
		const sorted = [...parent.members, [leg, value] as const].sort(([a], [b]) => compareNames(a, b));
		parent.members = new Map(sorted);
	}
}

/** A path may hold what a row holds, so that no message has it. */
function notFound(): DecodeError {
	return new DecodeError("a JSON change does not fit the previous value");
}

function notPath(): DecodeError {
	return new DecodeError("a JSON change has a path that is not valid");
}

/** `$.name`, `$."any name"`, `$[3]`. */
export function parsePath(path: string): Leg[] {
	const legs: Leg[] = [];
	if (!path.startsWith("$")) throw notPath();
	const leg = /\s*(?:\[\s*(\d+)\s*\]|\.\s*(?:"((?:[^"\\]|\\.)*)"|([^\s."[\]*]+)))\s*/suy;
	leg.lastIndex = 1;
	while (leg.lastIndex < path.length) {
		const found = leg.exec(path);
		if (found === null) throw notPath();
		const [, index, quoted, bare] = found;
		if (index !== undefined) legs.push(Number(index));
		else if (quoted !== undefined) legs.push(unquote(quoted));
		else legs.push(bare ?? "");
	}
	return legs;
}

function unquote(quoted: string): string {
	try {
		return String(JSON.parse(`"${quoted}"`));
	} catch {
		throw notPath();
	}
}
