import { z } from "zod";
import { jobArguments } from "../../etl/contract/arguments.ts";
import { datasetsDocument } from "../../etl/contract/datasets.ts";
import { pipelineFile } from "../../etl/contract/pipeline/schema.ts";
import { jobReport } from "../../etl/contract/report.ts";

const documents = {
	"arguments.schema.json": jobArguments,
	"datasets.schema.json": datasetsDocument,
	"pipeline.schema.json": pipelineFile,
	"report.schema.json": jobReport,
};

/** JSON Schemas (draft 2020-12) of what TypeScript and Python hand each other, by file; `npm run docs` writes them. */
export const jsonSchemas: Readonly<Record<string, () => string>> = Object.fromEntries(
	Object.entries(documents).map(([file, schema]) => [file, () => textOf(schema)]),
);

/** What may be written: fields with a default may be left out. Unknown fields are for the reader to decide. */
function textOf(schema: z.ZodType): string {
	const document = z.toJSONSchema(schema, {
		io: "input",
		target: "draft-2020-12",
		// Zod says it of arrays that TypeScript must not change; in JSON Schema it means that nobody may write them.
		override: ({ jsonSchema }) => {
			delete jsonSchema.readOnly;
		},
	});
	return `${JSON.stringify(document, undefined, "\t")}\n`;
}
