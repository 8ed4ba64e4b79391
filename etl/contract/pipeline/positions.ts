import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type LineCounter, type Node } from "yaml";
import type { Path } from "./mistakes.ts";

export interface Position {
	line: number;
	column: number;
}

/** Where in a YAML document something is. */
export class Positions {
	readonly #document: Document;
	readonly #lines: LineCounter;

	constructor(document: Document, lines: LineCounter) {
		this.#document = document;
		this.#lines = lines;
	}

	/** Of the key at a path, or of the list's entry; of what is nearest above it where it is not there. */
	of(path: Path): Position {
		let node: unknown = this.#document.contents;
		let offset = startOf(node) ?? 0;
		for (const part of path) {
			const found = this.#within(node, part);
			if (found === undefined) break;
			offset = found.offset ?? offset;
			node = found.value;
		}
		return this.at(offset);
	}

	/** @param offset characters from the start of the text. */
	at(offset: number): Position {
		const { line, col } = this.#lines.linePos(offset);
		return { line: Math.max(1, line), column: Math.max(1, col) };
	}

	#within(node: unknown, part: string | number): { offset: number | undefined; value: unknown } | undefined {
		const resolved = isAlias(node) ? node.resolve(this.#document) : node;
		if (isMap(resolved)) {
			const pair = resolved.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(part));
			return pair && { offset: startOf(pair.key), value: pair.value };
		}
		if (!isSeq(resolved) || typeof part !== "number") return undefined;
		const entry = resolved.items[part];
		return entry === undefined ? undefined : { offset: startOf(entry), value: entry };
	}
}

function startOf(node: unknown): number | undefined {
	return isNode(node) ? (node as Node).range?.[0] : undefined;
}
