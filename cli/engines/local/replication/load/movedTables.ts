import type { Statement } from "../ddl/statement.ts";
import type { Position } from "../model/position.ts";
import { type TableName, tableId } from "../model/tableName.ts";
import type { Server } from "../mysql/server.ts";

/** Statements about tables that the source has run, of whatever schema. */
const counted = ["alter_table", "create_table", "drop_table", "rename_table"];

/** What the source counts of statements about tables: other numbers where any was run. */
export async function statementCounts(server: Server): Promise<string> {
	const names = counted.map((name) => `'Com_${name}'`).join(", ");
	const rows = await server.rows(`SHOW GLOBAL STATUS WHERE Variable_name IN (${names})`);
	return JSON.stringify(rows.map((row) => [row.Variable_name, row.Value]).sort());
}

/**
 * Tables that statements since a snapshot were about. Names and columns are as they are when a table is read, and only its rows are
 * those of the snapshot: what was read by such a name may have been another table, or other columns.
 * @param before `statementCounts` from before the snapshot.
 * @param statements gives those from one position to another.
 */
export async function movedSince(
	snapshot: Position,
	server: Server,
	before: string,
	statements: (from: Position, to: Position) => Promise<Statement[]>,
): Promise<ReadonlySet<string>> {
	const moved = new Set<string>();
	if ((await statementCounts(server)) === before) return moved;
	const fold = (name: TableName): string => (server.foldsCase ? tableId(name).toLowerCase() : tableId(name));
	for (const statement of await statements(snapshot, await server.currentPosition())) {
		for (const name of tablesOf(statement)) moved.add(fold(name));
	}
	return moved;
}

function tablesOf(statement: Statement): TableName[] {
	switch (statement.kind) {
		case "create":
			return [statement.table];
		case "drop":
			return statement.tables;
		case "rename":
			return statement.pairs.flatMap(({ from, to }) => [from, to]);
		case "alter":
			return [statement.table, ...statement.others, ...(statement.to === undefined ? [] : [statement.to])];
		default:
			return [];
	}
}
