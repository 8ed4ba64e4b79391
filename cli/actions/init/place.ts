import { basename, isAbsolute, join, relative, resolve, sep } from "node:path";
import { pipelineFile } from "../../../etl/contract/pipeline/schema.ts";
import { definitionFile } from "../../../etl/definition/definition.ts";
import { PipelineError } from "../../common/errors.ts";
import { stackNameOf } from "./stackFile.ts";

/** Where a new definition will be. */
export interface Place {
	/** Absolute. */
	folder: string;
	/** From the project's root where it is within, else absolute. */
	shown: string;
	/** Name of the pipeline. */
	name: string;
	/** Name of its stack on AWS. */
	stack: string;
	/** Absolute. */
	stackFile: string;
}

/** Stacks on this machine; one on AWS would be mistaken for them. */
const isReserved = (name: string): boolean => name === "local" || name.startsWith("local-");

/**
 * Where a definition goes: a name means `pipelines/<name>` of the project, anything else is a path.
 * @param root the project's.
 * @throws PipelineError for a folder whose name a pipeline cannot have.
 */
export function placeOf(argument: string, root: string): Place {
	const isName = !/[/\\]/.test(argument) && ![".", ".."].includes(argument);
	const folder = isName ? join(root, "pipelines", argument) : resolve(argument);
	const name = basename(folder);
	const fault = pipelineFile.shape.name.safeParse(name).error?.issues[0]?.message;
	if (fault !== undefined || isReserved(name)) {
		const better = name
			.normalize("NFKD")
			.toLowerCase()
			.replaceAll(/[^a-z0-9]+/g, "-")
			.replaceAll(/^[^a-z]+|-+$/g, "")
			.slice(0, 40);
		const isUsable = better !== "" && !isReserved(better);
		throw new PipelineError("usage", {
			what: `A pipeline cannot be named ${JSON.stringify(name)}.`,
			why: fault === undefined ? "Names such as local are reserved for stacks on this machine." : `The name ${fault}.`,
			fix: "The folder's name becomes the pipeline's name: choose another one.",
			next: `pipeline-cli init ${isUsable ? better : "shop2"}`,
		});
	}
	const way = relative(root, folder);
	const isWithin = !isAbsolute(way) && way.split(sep)[0] !== "..";
	const stack = stackNameOf(name);
	return {
		folder,
		shown: isWithin ? way.split(sep).join("/") : folder,
		name,
		stack,
		stackFile: join(root, `Pulumi.${stack}.yaml`),
	};
}

/** Path of `pipeline.yaml`, absolute. */
export function definitionPath({ folder }: Place): string {
	return join(folder, definitionFile);
}
