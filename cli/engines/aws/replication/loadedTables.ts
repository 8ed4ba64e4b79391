import type { Clients } from "../client/clients.ts";
import { folderNames } from "../client/folderNames.ts";

interface TableName {
	schema: string;
	table: string;
}

/** Tables that have files in the raw zone: of a task that was replaced, DMS's statistics tell nothing. */
export async function tablesWithFiles(
	clients: Clients,
	rawBucket: string,
	schemas: readonly string[],
): Promise<TableName[]> {
	const folders = await Promise.all(schemas.map((schema) => folderNames(clients, rawBucket, `${schema}/`)));
	return schemas.flatMap((schema, at) => (folders[at] ?? []).map((table) => ({ schema, table })));
}

/** Each table of several lists once, without what else the lists have of it. */
export function allTables(...lists: readonly (readonly TableName[])[]): TableName[] {
	const found = lists
		.flat()
		.map(({ schema, table }): [string, TableName] => [JSON.stringify([schema, table]), { schema, table }]);
	return [...new Map(found).values()];
}
