import { viewStatement } from "../../actions/query/namedQueries.ts";
import type { Run } from "../../command.ts";
import { counted } from "../../common/grouped.ts";
import { resultCsv } from "../../common/resultText.ts";
import { formatSeconds } from "../../ui/format.ts";
import { resultTable } from "../../ui/resultTable.ts";
import { describeQueries } from "../shared/queryList.ts";
import { requireOneFormat, statementOf } from "../shared/statement.ts";
import type { definition } from "./definition.ts";

/** `warehouse query`: one statement that reads, as a table, CSV or JSON. */
export const run: Run<typeof definition> = async ({ args, options, json, stack, context }) => {
	const { csv, file, name } = options;
	requireOneFormat({ csv, json }, "warehouse query");
	const found = await stack();
	if (options.list) {
		const { views } = await found.definition();
		if (views.length === 0) context.reporter.note("The definition has no views.");
		return { json: { views }, text: describeQueries(views), asIs: true };
	}
	const named = name === undefined ? undefined : async () => viewStatement((await found.definition()).views, name);
	const sql = await statementOf({ sql: args.sql, file, named }, "warehouse query", context.signal);
	const warehouse = await found.warehouse();
	const result = await context.reporter.wait("Query", () => warehouse.query(sql, context));
	const rows = counted(result.rows.length, "row");
	if (!json) context.reporter.note(`${rows} in ${formatSeconds(result.seconds)}. Stack ${found.name}.`);
	const text = json ? "" : csv ? resultCsv(result, options.safe) : resultTable(result);
	return { json: result, text, verbatim: csv, asIs: true };
};
