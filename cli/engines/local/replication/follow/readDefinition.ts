import type { SourceAccess } from "../../../mysql/access.ts";
import { qualifiedName } from "../../../mysql/quote.ts";
import type { Position } from "../model/position.ts";
import type { TableName } from "../model/tableName.ts";
import { inTable, isTableGone } from "../mysql/errors.ts";
import { Server } from "../mysql/server.ts";
import { readTableSchema, type TableSchema } from "../mysql/tableSchema.ts";

/**
 * A table's definition, and the position up to which it is known to hold every change of itself.
 * @returns undefined where the table does not exist any more.
 */
export async function readDefinition(
	access: SourceAccess,
	name: TableName,
): Promise<{ tableSchema: TableSchema; at: Position } | undefined> {
	const server = await Server.connect(access);
	try {
		// Reading the table first holds back any ALTER until the position is read.
		await server.connection.query("START TRANSACTION");
		await server.rows(`SELECT 1 FROM ${qualifiedName(name)} LIMIT 1`);
		const tableSchema = await readTableSchema(server, name);
		return tableSchema === undefined ? undefined : { tableSchema, at: await server.currentPosition() };
	} catch (error) {
		if (isTableGone(error)) return undefined;
		throw inTable(error);
	} finally {
		await server.close();
	}
}
