import { purge } from "../../actions/purge.ts";
import type { CommandResult, Run } from "../../command.ts";
import { didYouMean } from "../../common/didYouMean.ts";
import { PipelineError } from "../../common/errors.ts";
import type { Context, Replication, Stack, TableStatistics } from "../../engines/port.ts";
import { stackLine } from "../../ui/stackLine.ts";
import { describeRun } from "../shared/etlRun.ts";
import { describeTables } from "../shared/replication.ts";
import type { definition } from "./definition.ts";

type Table = Pick<TableStatistics, "schema" | "table">;

/** `replication reload`: a full load of some tables, beside the running changes; or all values of before removed, too. */
export const run: Run<typeof definition> = async ({ args, options, stack, context }) => {
	if (args.tables.length === 0 && !options.purge) {
		throw new PipelineError("usage", {
			what: "No tables to reload were given.",
			fix: "Write schema.table, or schema.* for all tables of a schema. --purge finds the tables whose rules have changed.",
			next: "pipeline-cli replication tables",
		});
	}
	const found = await stack();
	const replication = await found.replication();
	const tables = args.tables.length === 0 ? [] : selectTables(args.tables, await replication.tables());
	if (options.purge) return purged(found, tables, context);
	await replication.reload(context, tables);
	const shown = await statisticsOf(replication, tables);
	const gone = tables.filter(({ schema, table }) => !shown.some((one) => one.schema === schema && one.table === table));
	const lines = [
		...(shown.length === 0 ? [] : [describeTables(shown)]),
		...gone.map(({ schema, table }) => `${schema}.${table} was dropped at the source, and is no longer replicated.`),
	];
	return { json: { tables: shown }, text: [...lines, stackLine(found.name)].join("\n") };
};

async function purged(stack: Stack, tables: readonly Table[], context: Context): Promise<CommandResult> {
	const result = await purge(stack, tables, context);
	if (result.etl === undefined) {
		const text = "Nothing to purge: all tables were loaded with the current definition.";
		return { json: result, text: `${text}\n${stackLine(stack.name)}` };
	}
	const lines = result.tables.map(({ schema, table, what }) => `purged: ${schema}.${table} (${what})`);
	for (const place of result.leaves ?? []) lines.push(`not removed: ${place}`);
	return {
		json: result,
		text: [...lines, describeRun(stack.name, result.etl)].join("\n"),
		...(result.etl.outcome === undefined ? {} : { outcome: result.etl.outcome }),
	};
}

/** `schema.table`, or `schema.*` for every table of a schema. */
function selectTables(names: readonly string[], known: readonly TableStatistics[]): Table[] {
	return names.flatMap((name) => {
		const found = known.filter((one) => `${one.schema}.${one.table}` === name || `${one.schema}.*` === name);
		if (found.length > 0) return found.map(({ schema, table }) => ({ schema, table }));
		throw new PipelineError("usage", {
			what: `${name} is not replicated.`,
			why: `Replicated tables: ${known.map((one) => `${one.schema}.${one.table}`).join(", ") || "none"}.`,
			fix: didYouMean(
				name,
				known.map((one) => `${one.schema}.${one.table}`),
				"Write schema.table as listed, or schema.* for all tables of a schema.",
			),
			next: "pipeline-cli replication tables",
		});
	});
}

async function statisticsOf(replication: Replication, tables: readonly Table[]): Promise<TableStatistics[]> {
	const all = await replication.tables();
	return all.filter((one) => tables.some((name) => name.schema === one.schema && name.table === one.table));
}
