import { pathToFileURL } from "node:url";
import { z } from "zod";
import type { Definition } from "../../../../../etl/definition/definition.ts";
import type { SampleSchema } from "../../../../../etl/definition/sampleData.ts";
import { messageOf, PipelineError } from "../../../../common/errors.ts";

const table = z.object({ name: z.string(), columns: z.array(z.string()), create: z.string() });
const module = z.object({
	schemas: z.array(
		z.object({
			schema: z.string(),
			collation: z.string(),
			tables: z.array(table),
			rows: z.custom<SampleSchema["rows"]>((value) => typeof value === "function", "is not a function"),
		}),
	),
});

/**
 * The sample schemas of a definition, from its script as it is now: TypeScript or JavaScript, without a build.
 * @throws PipelineError where it has none, or its script does not export them.
 */
export async function readSamples({ sampleData, pipeline }: Definition): Promise<readonly SampleSchema[]> {
	if (sampleData === undefined) {
		throw new PipelineError("usage", {
			what: `The pipeline ${pipeline.name} has no sample data.`,
			why: "Its pipeline.yaml has no sample_data.",
			fix: "Fill the tables yourself, or set sample_data.script to a script that generates rows.",
		});
	}
	try {
		const { tsImport } = await import("tsx/esm/api");
		return module.parse(await tsImport(pathToFileURL(sampleData.script).href, import.meta.url)).schemas;
	} catch (error) {
		throw new PipelineError(
			"usage",
			{
				what: `The script of the sample data, ${sampleData.script}, does not export schemas.`,
				why: error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error),
				fix: "Export `schemas`, an array of SampleSchema (etl/definition/sampleData.ts).",
			},
			{ cause: error },
		);
	}
}
