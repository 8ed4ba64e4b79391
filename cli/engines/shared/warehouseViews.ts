import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { projectRoot } from "../../common/projectRoot.ts";

export interface WarehouseView {
	name: string;
	/** One SELECT without a semicolon; its tables are written `lake.<table>`. */
	select: string;
}

/** Schema of the warehouse that holds the catalog's tables, and the one that holds the views over them. */
export const warehouseSchemas = { lake: "lake", views: "analytics" } as const;

/** The views of etl/sql/warehouse, by name; the SQL runs on Redshift and on DuckDB. */
export async function warehouseViews(): Promise<WarehouseView[]> {
	const folder = join(projectRoot, "etl", "sql", "warehouse");
	const files = (await readdir(folder)).filter((name) => name.endsWith(".sql")).sort();
	return Promise.all(
		files.map(async (file) => ({
			name: file.slice(0, -".sql".length),
			select: (await readFile(join(folder, file), "utf8")).trim().replace(/;$/, ""),
		})),
	);
}
