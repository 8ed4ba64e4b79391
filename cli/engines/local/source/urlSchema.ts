import { PipelineError } from "../../../common/errors.ts";
import { shellWord } from "../../../common/shellWord.ts";
import { serverOptions } from "../../mysql/sourceUrl.ts";
import type { ExternalServer, Reporter } from "../../port.ts";

/** What says which schemas are replicated, first of all the call itself. */
export interface SchemaChoice {
	server: ExternalServer;
	/** Of `--schema`. */
	named: readonly string[] | undefined;
	/** Those of the stack so far, or of a definition that somebody chose; undefined where there is neither. */
	known?: readonly string[] | undefined;
	/** Of `--pipeline`, for what to run next. */
	pipeline?: string | undefined;
}

/**
 * Schemas that a server is used for. Many a URL carries the database that clients open first, so its path counts only where
 * nothing else names a schema.
 * @returns undefined where nothing does.
 * @throws PipelineError where the URL names one that the stack does not replicate: it may be meant, and is not added silently.
 */
export function chosenSchemas(
	{ server, named, known, pipeline }: SchemaChoice,
	reporter: Reporter,
): readonly string[] | undefined {
	const { schema: inUrl } = server;
	const chosen = named ?? known;
	if (inUrl === undefined || chosen?.includes(inUrl)) return chosen;
	if (chosen === undefined) return [inUrl];
	if (named !== undefined) {
		reporter.note(`The schema ${inUrl} in the URL is ignored, because --schema names ${named.join(", ")}.`);
		return named;
	}
	const words = ["pipeline-cli", "source", "up", ...serverOptions(server)];
	if (pipeline !== undefined) words.push("--pipeline", pipeline);
	throw new PipelineError("usage", {
		what: `The stack does not replicate the schema ${inUrl} in the URL.`,
		why: `It replicates ${chosen.join(", ")}.`,
		fix: `Leave the schema out of the URL, or add it to source.schemas in the definition and pass all schemas with --schema.`,
		next: words.map(shellWord).join(" "),
	});
}
