import { lake as layout } from "../../../../etl/contract/contract.ts";
import { columnForm } from "../../../../etl/contract/names.ts";
import { quoteName } from "../../duckdb/quote.ts";

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

/** Name that a column of the source has in the lake, in lower case. */
export function lakeName(column: string): string {
	return columnForm(column).toLowerCase();
}

/** A column of the source as it stands in SQL over the lake. */
export function inLakeSql(column: string): string {
	return quoteName(lakeName(column));
}
