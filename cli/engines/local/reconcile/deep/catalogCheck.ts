import { messageOf } from "../../../../common/errors.ts";
import { exists } from "../../../../common/fs.ts";
import type { LakeFinding } from "../../../port.ts";
import { readCatalog, tableFolder } from "../../catalog/catalogFile.ts";
import { isIcebergTable } from "../../catalog/icebergFolder.ts";
import type { FoundTable } from "../../catalog/lakeTables.ts";
import type { LocalPaths } from "../../shared/paths.ts";
import { finding } from "./finding.ts";

/** Tables of the catalog that the lake has lost, and tables of the lake that the catalog has lost. */
export async function checkCatalog(paths: LocalPaths, tables: readonly FoundTable[]): Promise<LakeFinding> {
	const inLake = tables.filter(({ format }) => format === "iceberg");
	const check = (found: string[]): LakeFinding => finding("catalog", "the data catalog", found, "pipeline-cli run-etl");
	try {
		const catalog = await readCatalog(paths);
		if (catalog === undefined) {
			return check(
				inLake.length === 0 ? [] : ["it is missing, although the lake has tables. To rebuild it: pipeline-cli crawl"],
			);
		}
		const found: string[] = [];
		for (const table of catalog.tables) {
			const folder = tableFolder(table, paths);
			if (table.format === "iceberg" && !(await isIcebergTable(folder))) {
				found.push(`${table.name}: its metadata in ${table.prefix} is missing`);
			} else if (table.format === "parquet" && table.source === undefined && !(await exists(folder))) {
				found.push(`${table.name}: ${table.prefix} is missing`);
			}
		}
		const names = new Set(catalog.tables.map(({ prefix }) => prefix));
		for (const { name, prefix } of inLake) {
			if (!names.has(prefix)) found.push(`${name} (${prefix}) is not registered. To register it: pipeline-cli crawl`);
		}
		return check(found);
	} catch (error) {
		return check([messageOf(error)]);
	}
}
