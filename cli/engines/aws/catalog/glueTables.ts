import type { Column, GlueClient, Table } from "@aws-sdk/client-glue";
import type { CatalogColumn, CatalogTable } from "../../port.ts";
import { isAwsError } from "../client/awsError.ts";

/** All tables of a database, by name; none where there is no such database yet. */
export async function glueTables(client: GlueClient, database: string): Promise<Map<string, Table>> {
	const { paginateGetTables } = await import("@aws-sdk/client-glue");
	const tables = new Map<string, Table>();
	try {
		for await (const page of paginateGetTables({ client }, { DatabaseName: database })) {
			for (const table of page.TableList ?? []) tables.set(table.Name ?? "", table);
		}
	} catch (error) {
		if (!isAwsError(error, "EntityNotFoundException")) throw error;
	}
	return tables;
}

/** The table as every engine reports it. */
export function catalogTable(table: Table, before: Table | undefined): CatalogTable {
	return {
		name: table.Name ?? "",
		format: formatOf(table),
		location: table.StorageDescriptor?.Location ?? "",
		columns: columnsOf(table.StorageDescriptor?.Columns),
		partitionKeys: columnsOf(table.PartitionKeys),
		change: before === undefined ? "added" : shape(table) === shape(before) ? "unchanged" : "updated",
	};
}

function formatOf(table: Table): CatalogTable["format"] {
	if (table.Parameters?.table_type?.toUpperCase() === "ICEBERG") return "iceberg";
	return /json/i.test(table.StorageDescriptor?.SerdeInfo?.SerializationLibrary ?? "") ? "json" : "parquet";
}

/**
 * Iceberg keeps columns that were dropped or renamed in Glue's list, marked.
 * https://github.com/apache/iceberg/blob/main/aws/src/main/java/org/apache/iceberg/aws/glue/IcebergToGlueConverter.java
 */
function columnsOf(columns: Column[] = []): CatalogColumn[] {
	return columns
		.filter(({ Parameters: parameters }) => parameters?.["iceberg.field.current"] !== "false")
		.map(({ Name: name = "", Type: type = "" }) => ({ name, type }));
}

/** What a reader of the table sees; new counts and times alone are not a change. */
function shape(table: Table): string {
	return JSON.stringify([
		formatOf(table),
		table.StorageDescriptor?.Location,
		columnsOf(table.StorageDescriptor?.Columns),
		columnsOf(table.PartitionKeys),
	]);
}
