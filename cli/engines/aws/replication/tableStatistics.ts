import type { DatabaseMigrationServiceClient } from "@aws-sdk/client-database-migration-service";
import type { TableStatistics } from "../../port.ts";

/** Rows of a page: the most that DMS gives. */
const pageSize = 500;

/** Statistics of every table of a task, by name. */
export async function tableStatistics(
	client: DatabaseMigrationServiceClient,
	taskArn: string,
): Promise<TableStatistics[]> {
	const { paginateDescribeTableStatistics } = await import("@aws-sdk/client-database-migration-service");
	const tables: TableStatistics[] = [];
	const input = { ReplicationTaskArn: taskArn, MaxRecords: pageSize };
	for await (const page of paginateDescribeTableStatistics({ client }, input)) {
		for (const found of page.TableStatistics ?? []) {
			const errors = found.FullLoadErrorRows ?? 0;
			tables.push({
				schema: found.SchemaName ?? "",
				table: found.TableName ?? "",
				state: found.TableState ?? "",
				fullLoadRows: found.FullLoadRows ?? 0,
				inserts: found.Inserts ?? 0,
				updates: found.Updates ?? 0,
				deletes: found.Deletes ?? 0,
				ddls: found.Ddls ?? 0,
				...(errors === 0 ? {} : { lastError: `${errors} rows failed in the full load` }),
				updatedAt: found.LastUpdateTime?.toISOString() ?? "",
			});
		}
	}
	return tables.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

/** `schema.table`. */
export function nameOf({ schema, table }: { schema: string; table: string }): string {
	return `${schema}.${table}`;
}
