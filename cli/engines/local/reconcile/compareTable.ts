import { join } from "node:path";
import { lake as layout } from "../../../../etl/contract/contract.ts";
import { columnAction } from "../../../../etl/contract/pipeline/pipeline.ts";
import type { SourceAccess } from "../../mysql/access.ts";
import type { ComparedTable, CompareOptions, Context, Suspects, TableComparison } from "../../port.ts";
import { shapeOf, type TableShape } from "../../shared/tableShape.ts";
import { isIcebergTable } from "../catalog/icebergFolder.ts";
import { readIcebergTable } from "../catalog/icebergTable.ts";
import { readCheckpoint } from "../replication/model/checkpoint.ts";
import { statePaths } from "../replication/model/statePaths.ts";
import { readTableSchema } from "../replication/mysql/tableSchema.ts";
import { stackDefinition } from "../shared/definition.ts";
import type { LocalPaths } from "../shared/paths.ts";
import { sourceAccess } from "../shared/settings.ts";
import { type ComparedColumn, comparedColumn } from "./comparedColumn.ts";
import { Comparing } from "./comparing.ts";
import { onOneSide } from "./oneSide.ts";
import { ask } from "./reach.ts";
import { type Counted, columnAt, type DifferingRow } from "./rowComparison.ts";

/** Rows that differ that a report shows. */
const mostExamples = 100;

interface Compared {
	comparison: TableComparison;
	suspects: Suspects | undefined;
}

/** Compares all rows of a table. */
export async function compareTable(
	paths: LocalPaths,
	table: ComparedTable,
	options: CompareOptions,
	context: Context,
): Promise<Compared> {
	const begun = performance.now();
	const access = await sourceAccess(paths);
	if (!table.isAtSource || !table.isInLake) {
		const comparison = await onOneSide(paths, access, table, context, begun);
		if (comparison.columns.length + comparison.rows.lake === 0) return { comparison, suspects: undefined };
		// It may have been made, or dropped, since the tables were listed.
		const again = async (): Promise<Compared> => {
			const now = await asItIs(paths, access, table);
			if (now.isAtSource === table.isAtSource && now.isInLake === table.isInLake)
				return { comparison, suspects: undefined };
			return inMotion(await compareTable(paths, now, options, context));
		};
		return { comparison, suspects: { again } };
	}
	const shape = await readShape(paths, access, table);
	const comparing = new Comparing(paths, table, shape, access, options, context);
	const result = resultOf(table, shape, await comparing.all(), begun);
	if (result.rows.length === 0 && shape.differences.length === 0) {
		return { comparison: result.comparison, suspects: undefined };
	}
	const again = async (): Promise<Compared> => {
		const start = performance.now();
		// A table that was altered at the source meanwhile is another one in the lake a moment later.
		const later = await readShape(paths, access, table);
		if (JSON.stringify(later) !== JSON.stringify(shape)) {
			return inMotion(await compareTable(paths, table, options, context));
		}
		if (result.rows.length === 0) return { comparison: result.comparison, suspects: undefined };
		const still = resultOf(table, shape, await comparing.again(result.rows), start).comparison;
		const { rows, seconds } = result.comparison;
		return { comparison: { ...still, rows, seconds: seconds + still.seconds }, suspects: undefined };
	};
	return { comparison: result.comparison, suspects: { again } };
}

/** What a look found at a table that is another one than at the look before: it counts where the next look finds the same. */
function inMotion({ comparison, suspects }: Compared): Compared {
	if (suspects === undefined) return { comparison, suspects };
	const moved = {
		column: "*",
		what: "the table was altered during each comparison: compare it again when nobody alters it",
	};
	return {
		comparison: {
			...comparison,
			columns: [],
			counts: { missing: 0, extra: 0, changed: 0, doubled: 0 },
			examples: [],
			notCompared: [...comparison.notCompared, moved],
		},
		suspects,
	};
}

/** Which sides have a table now. */
async function asItIs(paths: LocalPaths, access: SourceAccess, table: ComparedTable): Promise<ComparedTable> {
	const schema = await ask(access, (server) => readTableSchema(server, table));
	const isInLake = await isIcebergTable(join(paths.processed, layout.current(table.schema, table.table)));
	return { ...table, isAtSource: schema !== undefined, isInLake };
}

/** What both sides have of a table's columns now. */
async function readShape(
	paths: LocalPaths,
	access: SourceAccess,
	table: ComparedTable,
): Promise<TableShape<ComparedColumn>> {
	const { pipeline } = await stackDefinition(paths);
	const schema = await ask(access, (server) => readTableSchema(server, table));
	if (schema === undefined) {
		throw new Error(
			`the source's user cannot read any column of ${table.schema}.${table.table}: it lacks SELECT, or the table was dropped`,
		);
	}
	const checkpoint = await readCheckpoint(statePaths(paths).checkpoint);
	const known = checkpoint?.tables.find((one) => one.schema === table.schema && one.table === table.table);
	const columns = schema.columns.map(({ name, type }) => {
		const applied = known?.columns.find((column) => column.name === name);
		// What the replication does, which may withhold more than the definition says; of a column it does not know yet, what it will.
		const action = applied === undefined ? columnAction(pipeline, table, name) : (applied.action ?? "keep");
		return { name, type, action };
	});
	const lake = await readIcebergTable(join(paths.processed, layout.current(table.schema, table.table)));
	return shapeOf(columns, schema.key, lake.columns, comparedColumn);
}

/** What is reported of the rows that were counted. */
function resultOf(
	{ schema, table }: ComparedTable,
	shape: TableShape<ComparedColumn>,
	counted: Counted,
	begun: number,
): { comparison: TableComparison; rows: readonly DifferingRow[] } {
	const examples = counted.rows
		.slice(0, mostExamples)
		.map(({ kind, key, columns }) => ({ kind, key, ...(columns === undefined ? {} : { columns }) }));
	const comparison: TableComparison = {
		schema,
		table,
		rows: { source: counted.source, lake: counted.lake },
		key: shape.key.map((index) => columnAt(shape.columns, index).name),
		columns: shape.differences,
		withheld: shape.withheld,
		notCompared: shape.notCompared,
		counts: counted.counts,
		examples,
		seconds: (performance.now() - begun) / 1000,
	};
	return { comparison, rows: counted.rows };
}
