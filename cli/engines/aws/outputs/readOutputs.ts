import { readFile } from "node:fs/promises";
import { z } from "zod";
import { outputsVersion, type PipelineOutputs, pipelineOutputs } from "../../../../infra/outputs.ts";
import { messageOf, PipelineError } from "../../../common/errors.ts";
import { checkJson, type JsonKind, parseJson } from "../../../common/jsonFile.ts";
import { pulumi } from "./pulumiCli.ts";

/** How what `pulumi stack output --json` prints is read. */
const outputsFile: JsonKind<{ pipeline?: unknown }> = {
	name: "The document of the stack's outputs",
	schema: z.looseObject({ pipeline: z.unknown().optional() }),
	remedy: () => ({ fix: "Write it from the deployed stack.", next: "pulumi stack output --json" }),
	outcome: "usage",
};

/** How the output `pipeline` is read. */
const pipelineOutput: JsonKind<{ pipeline: PipelineOutputs }> = {
	name: "The document of the stack's outputs",
	schema: z.object({ pipeline: pipelineOutputs }),
	remedy: () => ({ fix: "Deploy again; do not edit the file.", next: "pulumi up" }),
	outcome: "usage",
};

/** The outputs of a file that holds what `pulumi stack output --json` prints. */
export async function outputsOfFile(path: string): Promise<PipelineOutputs> {
	let text: string;
	try {
		text = await readFile(path, "utf8");
	} catch (error) {
		throw new PipelineError(
			"usage",
			{
				what: `The outputs file ${path} cannot be read.`,
				why: messageOf(error),
				fix: "Write it from the deployed stack.",
				next: `pulumi stack output --json > ${path}`,
			},
			{ cause: error },
		);
	}
	return checkOutputs(text, path);
}

/** The outputs of a stack of this Pulumi project, by the Pulumi CLI, which knows backend and login. */
export async function outputsOfStack(stack: string, signal: AbortSignal): Promise<PipelineOutputs> {
	const text = await pulumi(["stack", "output", "--json", "--stack", stack], signal);
	return checkOutputs(text, `stack ${stack}`);
}

/**
 * Reads the output `pipeline`.
 * @throws PipelineError that says which side to update, where versions differ.
 */
export function checkOutputs(text: string, place: string): PipelineOutputs {
	const { pipeline } = parseJson(text, place, outputsFile);
	if (typeof pipeline !== "object" || pipeline === null) {
		throw new PipelineError("noSuchStack", {
			what: `${place} has no outputs of the pipeline.`,
			why: "The stack is not deployed yet, or it belongs to another program.",
			fix: "Deploy it, or choose another stack with --stack.",
			next: "pulumi up",
		});
	}
	const version = "version" in pipeline ? pipeline.version : undefined;
	if (version !== outputsVersion) {
		const older = typeof version !== "number" || version < outputsVersion;
		throw new PipelineError("usage", {
			what: `The outputs in ${place} have version ${version ?? "none"}; this pipeline-cli reads version ${outputsVersion}.`,
			fix: older
				? "The deployment is older. Deploy this version of the project."
				: "pipeline-cli is older. Update the project from which you run it.",
			next: older ? "pulumi up" : "git pull && npm ci",
		});
	}
	return checkJson({ pipeline }, place, pipelineOutput).pipeline;
}
