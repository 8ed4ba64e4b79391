import { join } from "node:path";
import { namedQueries } from "../../../etl/sql/namedQueries.ts";
import { projectRoot } from "../../common/projectRoot.ts";

export interface WarehouseView {
	name: string;
	/** One SELECT without a semicolon; its tables are written `lake.<table>`. */
	select: string;
}

/** Schema of the warehouse that holds the catalog's tables, and the one that holds the views over them. */
export const warehouseSchemas = { lake: "lake", views: "analytics" } as const;

/** The views of etl/sql/warehouse, by name; the SQL runs on Redshift and on DuckDB. */
export function warehouseViews(): WarehouseView[] {
	const views = namedQueries(join(projectRoot, "etl", "sql", "warehouse"));
	return views.map(({ name, sql }) => ({ name, select: sql.trim().replace(/;$/, "") }));
}
