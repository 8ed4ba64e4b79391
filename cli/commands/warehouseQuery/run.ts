import type { Run } from "../../command.ts";
import { counted } from "../../common/grouped.ts";
import { formatSeconds } from "../../ui/format.ts";
import { resultTable } from "../../ui/resultTable.ts";
import type { definition } from "./definition.ts";

/** `warehouse query`: one statement that reads. */
export const run: Run<typeof definition> = async ({ args, json, stack, context }) => {
	const found = await stack();
	const warehouse = await found.warehouse();
	const result = await warehouse.query(args.sql, context);
	const rows = counted(result.rows.length, "row");
	if (!json) context.reporter.note(`${rows} in ${formatSeconds(result.seconds)}. Stack ${found.name}.`);
	return { json: result, text: json ? "" : resultTable(result), asIs: true };
};
