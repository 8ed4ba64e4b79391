import type { Command } from "../command.ts";
import { formatSeconds } from "../ui/format.ts";
import { resultTable } from "../ui/resultTable.ts";
import { stackLine } from "../ui/stackLine.ts";
import { renderTable } from "../ui/table.ts";

/** `warehouse apply`: makes sure of the schemas, views and grants. */
export const warehouseApply: Command = async ({ stack, context }) => {
	const found = await stack();
	const warehouse = await found.warehouse();
	const objects = await context.reporter.task("Create schemas and views", () => warehouse.apply(context));
	return {
		json: { objects },
		text: `${renderTable(
			[{ title: "KIND" }, { title: "NAME" }],
			objects.map((object) => [object.kind, object.name]),
		)}\n${stackLine(found.name)}`,
	};
};

/** `warehouse query`: one statement that reads. */
export const warehouseQuery: Command = async ({ args, json, stack, context }) => {
	const found = await stack();
	const warehouse = await found.warehouse();
	const result = await warehouse.query(args[0] ?? "", context);
	const rows = result.rows.length === 1 ? "1 row" : `${result.rows.length} rows`;
	if (!json) context.reporter.note(`${rows} in ${formatSeconds(result.seconds)}. Stack ${found.name}.`);
	return { json: result, text: json ? "" : resultTable(result) };
};
