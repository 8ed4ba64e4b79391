import { PipelineError } from "../../../common/errors.ts";
import { shellWord } from "../../../common/shellWord.ts";
import { addressOf } from "../../mysql/access.ts";
import { connect } from "../../mysql/connection.ts";
import { describeSource } from "../../mysql/describe.ts";
import { serverOptions, sourceUrl } from "../../mysql/sourceUrl.ts";
import type { Context, DescribeOptions, SourceDescription } from "../../port.ts";
import { chosenSchemas } from "./urlSchema.ts";

/**
 * Reads what a server has. The password comes from the URL, PIPELINE_SOURCE_PASSWORD, or the user.
 * @throws PipelineError for a server that does not answer, refuses the user, or has nothing to replicate.
 */
export async function describeServer(context: Context, options: DescribeOptions): Promise<SourceDescription> {
	const { server, command } = options;
	const schemas = chosenSchemas({ server, named: options.schemas }, context.reporter);
	const { password: inUrl, schema: _, caFile: __, ...place } = server;
	const password = inUrl ?? process.env.PIPELINE_SOURCE_PASSWORD ?? (await options.askPassword());
	const url = sourceUrl(server);
	const wanted = (schemas ?? []).map((name) => ` --schema ${shellWord(name)}`).join("");
	const next = `pipeline-cli ${command} ${serverOptions(server).map(shellWord).join(" ")}${wanted}`;
	const address = addressOf(server);
	return context.reporter.task(`Inspect ${address}`, async (update) => {
		const connection = await connect({ ...place, password, schemas: [] }, next);
		try {
			const found = await describeSource(connection, schemas, address);
			update(`${found.tables.length} ${found.tables.length === 1 ? "table" : "tables"}`);
			return { ...found, url };
		} catch (error) {
			if (!(error instanceof PipelineError)) throw error;
			throw new PipelineError(error.outcome, { next, ...error.text });
		} finally {
			await connection.close();
		}
	});
}
