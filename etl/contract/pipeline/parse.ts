import { type Document, LineCounter, parseDocument, visit } from "yaml";
import { chartChecks } from "./checks/chartChecks.ts";
import { jobChecks } from "./checks/jobChecks.ts";
import { restChecks } from "./checks/restChecks.ts";
import { tableChecks } from "./checks/tableChecks.ts";
import { findingsOf } from "./issues.ts";
import { DefinitionError, type Finding, type Mistake } from "./mistakes.ts";
import { normalised } from "./normalised.ts";
import { partsOf } from "./parts.ts";
import type { Pipeline } from "./pipeline.ts";
import { type Position, Positions } from "./positions.ts";
import { pipelineFile } from "./schema.ts";

/**
 * Reads a definition, `pipeline.yaml`.
 * @param file its path, as mistakes name it.
 * @param exists whether a file or folder is there, by its path below the definition's folder. By default nobody looks.
 * @throws DefinitionError with every mistake.
 */
export function parsePipeline(text: string, file: string, exists: (path: string) => boolean = () => true): Pipeline {
	const lines = new LineCounter();
	const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: "1.2" });
	const positions = new Positions(document, lines);
	const unreadable = [...document.errors, ...document.warnings].map(({ code, message, pos }) =>
		notYaml(message, positions.at(pos[0]), yamlFixes[code]),
	);
	// Other mistakes leave in doubt what the rest of the file says.
	if (document.errors.some(({ code }) => code !== "DUPLICATE_KEY")) throw new DefinitionError(file, sorted(unreadable));
	const value = documentValue(document, (message, offset) => {
		throw new DefinitionError(file, sorted([...unreadable, notYaml(message, positions.at(offset))]));
	});
	const parsed = pipelineFile.safeParse(value ?? {});
	const parts = partsOf(value);
	const found: Finding[] = [
		...(parsed.success ? [] : findingsOf(pipelineFile, value ?? {}, parsed.error)),
		...tableChecks(parts),
		...jobChecks(parts),
		...chartChecks(parts),
		...restChecks(parts, exists),
	];
	if (!parsed.success || found.length + unreadable.length > 0) {
		const placed = found.map((finding) => ({ ...finding, ...positions.of(finding.path) }));
		throw new DefinitionError(file, sorted([...unreadable, ...placed]));
	}
	return normalised(parsed.data, parts);
}

/** The document's value. @param refuse is called for an alias that stands for nothing, or for too much. */
function documentValue(document: Document, refuse: (message: string, offset: number) => never): unknown {
	visit(document, {
		Alias(_, alias) {
			const known = alias.resolve(document) !== undefined;
			if (!known)
				refuse(
					`The alias refers to the anchor &${alias.source}, which is not defined before it.`,
					alias.range?.[0] ?? 0,
				);
		},
	});
	try {
		return document.toJS();
	} catch (error) {
		if (error instanceof ReferenceError) return refuse(error.message, 0);
		throw error;
	}
}

function notYaml(
	message: string,
	at: Position,
	fix = "Correct the YAML. Put text that contains a colon, # or quotes in quotes.",
): Mistake {
	return { path: [], what: `It is not valid YAML: ${sentence(message)}`, fix, ...at };
}

const yamlFixes: Readonly<Record<string, string>> = {
	DUPLICATE_KEY: "Remove one of the two, or merge them.",
	MULTIPLE_DOCS: "Use one document per file: remove the line ---.",
	TAB_AS_INDENT: "Indent with spaces.",
	BAD_INDENT: "Align its indentation with its neighbours.",
};

function sentence(message: string): string {
	return message.endsWith(".") ? message : `${message}.`;
}

function sorted(mistakes: Mistake[]): Mistake[] {
	return mistakes.sort((a, b) => a.line - b.line || a.column - b.column);
}
