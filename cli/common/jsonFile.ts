import type { z } from "zod";
import { messageOf, type Outcome, PipelineError } from "./errors.ts";
import { readIfThere } from "./fs.ts";

/** What can be done about a damaged file, and the command to run next. */
export interface Remedy {
	fix: string;
	next?: string;
}

/** A kind of JSON document of our own: what it must hold, and how to get a good one where it does not. */
export interface JsonKind<T> {
	/** With its article, as the subject of a sentence: "The data catalog". */
	name: string;
	schema: z.ZodType<T>;
	/** The only version that this program reads, of documents that have one in `version`. */
	version?: number;
	/** @param place of the damaged document: a path or an address. */
	remedy: (place: string) => Remedy;
	/** Default: `failure`. */
	outcome?: Outcome;
	/** Whether it holds a secret, so that an error shows nothing of its content. */
	secret?: boolean;
}

/**
 * Reads a JSON file of our own.
 * @returns undefined where there is no such file.
 * @throws PipelineError that names the file, what is wrong in it, and the remedy.
 */
export async function readJsonFile<T>(path: string, kind: JsonKind<T>): Promise<T | undefined> {
	const text = await readIfThere(path);
	return text === undefined ? undefined : parseJson(text, path, kind);
}

/** As `readJsonFile`, for a file that is only for show, or is made again where it is damaged: undefined then, too. */
export async function readJsonFileIfGood<T>(path: string, kind: JsonKind<T>): Promise<T | undefined> {
	try {
		return await readJsonFile(path, kind);
	} catch (error) {
		if (error instanceof PipelineError) return undefined;
		throw error;
	}
}

/**
 * Reads a JSON text of our own.
 * @param place where it comes from: a path or an address.
 * @throws PipelineError that names the place, what is wrong in it, and the remedy.
 */
export function parseJson<T>(text: string, place: string, kind: JsonKind<T>): T {
	if (text.trim() === "") throw damagedJson(place, kind, "It is empty.");
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch (error) {
		throw damagedJson(
			place,
			kind,
			kind.secret ? "It is not valid JSON." : `It is not valid JSON: ${messageOf(error)}.`,
			error,
		);
	}
	return checkJson(value, place, kind);
}

/** As `parseJson`, for a value that has been parsed. */
export function checkJson<T>(value: unknown, place: string, kind: JsonKind<T>): T {
	if (kind.version !== undefined) checkVersion(value, place, kind, kind.version);
	const parsed = kind.schema.safeParse(value);
	if (parsed.success) return parsed.data;
	throw damagedJson(place, kind, `${issueTexts(parsed.error).join("; ")}.`, parsed.error);
}

/** What zod found, an entry a place within the document. */
function issueTexts(error: z.ZodError): string[] {
	return error.issues.map(({ path, message }) => `${path.map(String).join(".") || "all of it"}: ${message}`);
}

function checkVersion<T>(value: unknown, place: string, kind: JsonKind<T>, known: number): void {
	const version = typeof value === "object" && value !== null && "version" in value ? value.version : undefined;
	if (typeof version !== "number" || version <= known) return;
	throw new PipelineError(kind.outcome ?? "failure", {
		what: `${kind.name} was written by a newer version of pipeline-cli.`,
		why: `${place} has version ${version}; this program reads version ${known}.`,
		fix: "Upgrade pipeline-cli to the version that wrote it.",
		next: "git pull && npm ci",
	});
}

/** The error for a document whose content is not what its writer wrote, found by other means than its shape. */
export function damagedJson<T>(place: string, kind: JsonKind<T>, why: string, cause?: unknown): PipelineError {
	const text = { what: `${kind.name} is damaged.`, why: `${place}: ${why}`, ...kind.remedy(place) };
	// A parser's error quotes what it could not read.
	return new PipelineError(kind.outcome ?? "failure", text, kind.secret ? {} : { cause });
}
