import type { Run } from "../../command.ts";
import { PipelineError } from "../../common/errors.ts";
import type { Replication, TableStatistics } from "../../engines/port.ts";
import { stackLine } from "../../ui/stackLine.ts";
import { describeTables } from "../shared/replication.ts";
import type { definition } from "./definition.ts";

/** `replication reload`: a full load of some tables, beside the running changes. */
export const run: Run<typeof definition> = async ({ args, stack, context }) => {
	const found = await stack();
	const replication = await found.replication();
	const tables = selectTables(args.tables, await replication.tables());
	await replication.reload(context, tables);
	const shown = await statisticsOf(replication, tables);
	return { json: { tables: shown }, text: `${describeTables(shown)}\n${stackLine(found.name)}` };
};

/** `schema.table`, or `schema.*` for every table of a schema. */
function selectTables(
	names: readonly string[],
	known: readonly TableStatistics[],
): { schema: string; table: string }[] {
	return names.flatMap((name) => {
		const found = known.filter((one) => `${one.schema}.${one.table}` === name || `${one.schema}.*` === name);
		if (found.length > 0) return found.map(({ schema, table }) => ({ schema, table }));
		throw new PipelineError("usage", {
			what: `${name} is not replicated.`,
			why: `Tables that are: ${known.map((one) => `${one.schema}.${one.table}`).join(", ") || "none"}.`,
			fix: "Write schema.table as it is listed, or schema.* for all of a schema.",
			next: "pipeline-cli replication tables",
		});
	});
}

async function statisticsOf(
	replication: Replication,
	tables: readonly { schema: string; table: string }[],
): Promise<TableStatistics[]> {
	const all = await replication.tables();
	return all.filter((one) => tables.some((name) => name.schema === one.schema && name.table === one.table));
}
