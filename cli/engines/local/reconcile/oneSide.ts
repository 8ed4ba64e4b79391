import type { DuckDBConnection } from "@duckdb/node-api";
import { withDuckDb } from "../../duckdb/session.ts";
import type { SourceAccess } from "../../mysql/access.ts";
import { qualifiedName } from "../../mysql/quote.ts";
import type { ComparedTable, Context, TableComparison } from "../../port.ts";
import { selectAll } from "../catalog/tableReader.ts";
import { type LocalPaths, lakeAccess } from "../shared/paths.ts";
import { currentTable } from "./currentTable.ts";
import { ask } from "./reach.ts";

/** All rows of a table that only one side has differ. */
export async function onOneSide(
	paths: LocalPaths,
	access: SourceAccess,
	table: ComparedTable,
	{ signal }: Context,
	begun: number,
): Promise<TableComparison> {
	const { schema, table: name } = table;
	const rows = table.isAtSource
		? { source: await countAtSource(access, table), lake: 0 }
		: {
				source: 0,
				lake: await withDuckDb(lakeAccess(paths), signal, (connection) => countInLake(paths, table, connection)),
			};
	return {
		schema,
		table: name,
		rows,
		key: [],
		// What was dropped at the source is an empty table in the lake.
		columns: table.isAtSource ? [{ column: "*", what: "the table is missing in the lake" }] : [],
		withheld: [],
		notCompared: [],
		counts: { missing: rows.source, extra: rows.lake, changed: 0, doubled: 0 },
		examples: [],
		seconds: (performance.now() - begun) / 1000,
	};
}

async function countAtSource(access: SourceAccess, table: ComparedTable): Promise<number> {
	const [row] = await ask(access, (server) => server.rows(`SELECT COUNT(*) AS n FROM ${qualifiedName(table)}`));
	return Number(row?.n);
}

async function countInLake(paths: LocalPaths, table: ComparedTable, connection: DuckDBConnection): Promise<number> {
	const select = await selectAll(currentTable(table), paths, connection);
	const [[rows] = []] = (await connection.runAndReadAll(`SELECT count(*) FROM (${select})`)).getRowsJS();
	return Number(rows);
}
