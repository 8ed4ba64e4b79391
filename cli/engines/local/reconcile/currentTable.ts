import { lake as layout } from "../../../../etl/contract/contract.ts";

/** As the catalog's reader takes it. */
export function currentTable({ schema, table }: { schema: string; table: string }) {
	return {
		name: table,
		format: "iceberg" as const,
		zone: "processed" as const,
		prefix: layout.current(schema, table),
		columns: [],
		partitionKeys: [],
	};
}
