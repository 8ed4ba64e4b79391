import { columnAction, definedTable, type Pipeline } from "../../../etl/contract/pipeline/pipeline.ts";
import { fits, type TableName } from "../../../etl/contract/pipeline/values.ts";
import { PipelineError } from "../../common/errors.ts";

/** Columns that come into the lake as they are. */
export function keptColumns(pipeline: Pipeline, table: TableName, columns: readonly string[]): string[] {
	return [...new Set(columns)].filter((name) => columnAction(pipeline, table, name) === "keep");
}

/**
 * The columns by which written rows are found in the lake: the first choice of which every column comes into it as it is.
 * @throws PipelineError naming what is withheld of each.
 */
export function keyInLake(
	pipeline: Pipeline,
	table: TableName,
	choices: readonly (readonly string[])[],
): readonly string[] {
	const possible = choices.filter((columns) => columns.length > 0);
	const found = possible.find((columns) => keptColumns(pipeline, table, columns).length === new Set(columns).size);
	if (found !== undefined) return found;
	const withheld = [...new Set(possible.flat())].flatMap((column) => {
		const action = columnAction(pipeline, table, column);
		return action === "keep" ? [] : [`${column}: ${action}`];
	});
	throw new PipelineError("usage", {
		what: `verify-cdc could not recognise its rows of ${table.schema}.${table.table} in the lake.`,
		why: `The definition drops or hashes the columns that identify them (${withheld.join(", ")}).`,
		fix: "In pipeline.yaml, set verify.marker to a column that is kept, or verify.table to another table. --read-only needs neither.",
		next: "pipeline-cli verify-cdc --read-only",
	});
}

/**
 * Nothing is written, or made, that the replication would leave out.
 * @param isMade whether the table is yet to be made.
 * @throws PipelineError saying what leaves it out.
 */
export function requireReplicated(pipeline: Pipeline, table: TableName, isMade: boolean): void {
	const why = leftOutBy(pipeline, table, isMade);
	if (why === undefined) return;
	throw new PipelineError("usage", {
		what: `The definition excludes ${table.schema}.${table.table}, to which verify-cdc would write.`,
		why,
		fix: "Include the table under source in pipeline.yaml, or set verify.table to another one. --read-only needs neither.",
		next: "pipeline-cli verify-cdc --read-only",
	});
}

/** Names are compared without case, as some servers do: where in doubt, the replication says what it follows. */
function leftOutBy(pipeline: Pipeline, table: TableName, isMade: boolean): string | undefined {
	const schema = pipeline.schemas.find(({ name }) => name === table.schema);
	if (schema === undefined) return undefined;
	const chosen = schema.include.some((pattern) => fits(table.table.toLowerCase(), pattern.toLowerCase()));
	if (!chosen || schema.exclude.some((pattern) => fits(table.table, pattern))) {
		return `The patterns of ${schema.name} do not match it.`;
	}
	const isNamed = schema.include.includes(table.table) || definedTable(pipeline, table) !== undefined;
	if (!isMade || isNamed || schema.newTables === "include") return undefined;
	return `Tables created in ${schema.name} later are excluded (new_tables: ${schema.newTables}).`;
}
