import type { Definition } from "../../../etl/definition/definition.ts";

export interface WarehouseView {
	name: string;
	/** One SELECT without a semicolon; its tables are written `lake.<table>`. */
	select: string;
}

/** Schema of the warehouse that holds the catalog's tables, and the one that holds the views over them. */
export const warehouseSchemas = { lake: "lake", views: "analytics" } as const;

/** A definition's views, by name; the SQL runs on Redshift and on DuckDB. */
export function warehouseViews({ views }: Definition): WarehouseView[] {
	return views.map(({ name, sql }) => ({ name, select: sql.trim().replace(/;$/, "") }));
}
