import type { Run } from "../../command.ts";
import { stackLine } from "../../ui/stackLine.ts";
import { renderTable } from "../../ui/table.ts";
import type { definition } from "./definition.ts";

/** `crawl`: registers what is in the lake in the data catalog. */
export const run: Run<typeof definition> = async ({ stack, context }) => {
	const found = await stack();
	const crawlers = await found.crawlers();
	const result = await context.reporter.task("Crawl", (update) => crawlers.crawl(context, update));
	const { database, tables, removed } = result;
	if (tables.length === 0) {
		return {
			json: result,
			text: `The lake is empty, so ${database} has no tables yet.\nNext: pipeline-cli run-etl\n${stackLine(found.name)}`,
		};
	}
	const rows = tables.map((table) => [
		table.name,
		table.format,
		String(table.columns.length),
		table.partitionKeys.map(({ name }) => name).join(", "),
		table.change,
	]);
	const list = renderTable(
		[
			{ title: "Table" },
			{ title: "Format" },
			{ title: "Columns", align: "right" },
			{ title: "Partitions" },
			{ title: "Crawl" },
		],
		[...rows, ...removed.map((name) => [name, "", "", "", "removed"])],
	);
	const count = (change: string): number => tables.filter((table) => table.change === change).length;
	const summary = `${database}: ${tables.length === 1 ? "1 table" : `${tables.length} tables`} (${count("added")} added, ${count("updated")} updated, ${count("unchanged")} unchanged, ${removed.length} removed).`;
	return { json: result, text: `${list}\n\n${summary}\n${stackLine(found.name)}` };
};
