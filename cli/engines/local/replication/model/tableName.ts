import { lake } from "../../../../../etl/contract/contract.ts";
import { fromFolder } from "../../../../../etl/contract/names.ts";

export interface TableName {
	schema: string;
	table: string;
}

export function tableId(name: TableName): string {
	return `${name.schema}.${name.table}`;
}

/** Folder of a table below the raw zone. */
export function folderOf({ schema, table }: TableName): string {
	return lake.rawTable(schema, table);
}

/** The table that has a folder. */
export function tableAt(folder: string): TableName {
	const [schema = "", table = ""] = folder.split("/");
	return { schema: fromFolder(schema), table: fromFolder(table) };
}
