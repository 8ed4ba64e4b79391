import { lake as layout } from "../../../../etl/contract/contract.ts";
import { quoteName } from "../../duckdb/quote.ts";
import { lakeName } from "../../shared/tableShape.ts";

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

/** A column of the source as it stands in SQL over the lake. */
export function inLakeSql(column: string): string {
	return quoteName(lakeName(column));
}
