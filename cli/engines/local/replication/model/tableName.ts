export interface TableName {
	schema: string;
	table: string;
}

export function tableId(name: TableName): string {
	return `${name.schema}.${name.table}`;
}

/** Folder of a table below the raw zone; undefined where a name, which may hold any character, would lead to another place. */
export function folderOf({ schema, table }: TableName): string | undefined {
	const isSafe = [schema, table].every((name) => name !== "" && name !== "." && name !== ".." && !/[/\\]/.test(name));
	return isSafe ? `${schema}/${table}` : undefined;
}

/** @throws where the table can have no folder; it then becomes "Table error". */
export function requireFolder(name: TableName): string {
	const folder = folderOf(name);
	if (folder === undefined) throw new Error(`the name ${tableId(name)} cannot be that of a folder; rename it`);
	return folder;
}
