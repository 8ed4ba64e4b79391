import { failingOrUnknown } from "../../actions/etl/failing.ts";
import { namedQuery } from "../../actions/query/namedQueries.ts";
import { replicationTrouble, tablesInError } from "../../actions/replicationTrouble.ts";
import type { CommandResult, Run } from "../../command.ts";
import { PipelineError } from "../../common/errors.ts";
import { counted } from "../../common/grouped.ts";
import { isReading } from "../../common/readingStatement.ts";
import { resultCsv } from "../../common/resultText.ts";
import type { Context, QueryResult, Stack } from "../../engines/port.ts";
import { formatBytes, formatSeconds } from "../../ui/format.ts";
import { resultTable } from "../../ui/resultTable.ts";
import { describeQueries } from "../shared/queryList.ts";
import { requireOneFormat, statementOf } from "../shared/statement.ts";
import type { definition } from "./definition.ts";

/** `query`: one statement that reads, as a table, CSV or JSON. */
export const run: Run<typeof definition> = async ({ args, options, json, context, stack }) => {
	const { csv, reuse } = options;
	requireOneFormat({ csv, json }, "query");
	const found = await stack();
	if (options.list) return list(found, context);
	const { name, file } = options;
	const named = name === undefined ? undefined : async () => namedQuery((await found.definition()).queries, name).sql;
	const sql = await statementOf({ sql: args.sql, file, named }, "query", context.signal);
	const engine = await found.query();
	// On AWS each look is a dozen calls, and an alarm says it.
	const failed = found.engine === "local" ? await failingOrUnknown(found) : undefined;
	const warnOfTables = async (): Promise<void> => {
		const errors = await tablesInError(found, sql);
		if (errors !== undefined) context.reporter.warn(`${errors} See: pipeline-cli replication tables`);
	};
	const result = await context.reporter
		.wait("Query", () => engine.run(sql, context, reuse === undefined ? {} : { reuseMinutes: reuse }))
		.catch(async (error: unknown) => {
			// A table that never got into the lake is not found.
			const isUsage = error instanceof PipelineError && error.outcome === "usage";
			if (isUsage && isReading(sql)) await warnOfTables();
			throw error;
		});
	// A statement that is refused, or only planned, asks nothing of the replication.
	const trouble = await replicationTrouble(found);
	const rows = counted(result.rows.length, "row");
	if (!json) context.reporter.note(`${rows} in ${formatSeconds(result.seconds)}${price(result)}. Stack ${found.name}.`);
	if (failed !== undefined) {
		const consequence = failed.kind === "unknown" ? "" : " The result may not include its data.";
		context.reporter.warn(`${failed.what}${consequence} See: pipeline-cli status`);
	}
	if (trouble !== undefined) context.reporter.warn(`${trouble} See: pipeline-cli replication status`);
	else await warnOfTables();
	return {
		json: result,
		text: json ? "" : csv ? resultCsv(result, options.safe) : resultTable(result),
		verbatim: csv,
		asIs: true,
	};
};

/** What a query on AWS read and costs. */
function price({ scannedBytes, usd, reused }: QueryResult): string {
	if (scannedBytes === undefined || usd === undefined) return "";
	if (reused === true) return ", reused an earlier result, free";
	return `, ${formatBytes(scannedBytes)} scanned, $${usd.toFixed(5)}`;
}

async function list(stack: Stack, { reporter }: Context): Promise<CommandResult> {
	const { queries } = await stack.definition();
	if (queries.length === 0) reporter.note("The definition has no named queries.");
	return { json: { queries }, text: describeQueries(queries), asIs: true };
}
