import { parsePipeline } from "../contract/pipeline/parse.ts";
import type { Pipeline } from "../contract/pipeline/pipeline.ts";

interface Parsed {
	text: string;
	/** Files that were looked for, and whether each was there. */
	looks: ReadonlyMap<string, boolean>;
	pipeline: Pipeline;
}

/** What each file came to last. One command asks for the same definition many times, and to parse a long one takes longer than most jobs. */
const known = new Map<string, Parsed>();

/**
 * What a file says. The same text beside the same files is parsed once; what comes of it is frozen, since many share it.
 * @param place its absolute path.
 * @param file its path, as mistakes name it.
 * @param exists whether a file that it names is there, by its path below the definition's folder.
 * @throws DefinitionError with every mistake.
 */
export function parsedFile(place: string, text: string, file: string, exists: (path: string) => boolean): Pipeline {
	const before = known.get(place);
	if (before?.text === text && [...before.looks].every(([path, was]) => exists(path) === was)) return before.pipeline;
	const looks = new Map<string, boolean>();
	const pipeline = parsePipeline(text, file, (path) => {
		const is = exists(path);
		looks.set(path, is);
		return is;
	});
	known.set(place, { text, looks, pipeline: frozen(pipeline) });
	return pipeline;
}

function frozen<T>(value: T): T {
	if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
	Object.freeze(value);
	for (const part of Object.values(value)) frozen(part);
	return value;
}
