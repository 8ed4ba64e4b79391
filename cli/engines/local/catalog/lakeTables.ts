import { join } from "node:path";
import { catalogTables, changeLogName, lake, parquetExtension } from "../../../../etl/contract/contract.ts";
import type { Dataset } from "../../../../etl/contract/datasets.ts";
import { fromFolder } from "../../../../etl/contract/names.ts";
import { catalogName } from "../../../../etl/definition/tables.ts";
import { entriesOf } from "../../../common/fs.ts";
import { stackDefinition } from "../shared/definition.ts";
import type { LocalPaths } from "../shared/paths.ts";
import type { RegisteredTable } from "./catalogFile.ts";
import { emptyLogs } from "./emptyLogs.ts";
import { GivenNames } from "./givenNames.ts";
import { isIcebergTable } from "./icebergFolder.ts";
import { isHidden, subfolders } from "./lakeFolders.ts";

/** A folder of the lake that may hold a table. */
export interface FoundTable extends Pick<RegisteredTable, "name" | "format" | "zone" | "prefix" | "source"> {
	/** Where no file says it. */
	shape?: Pick<RegisteredTable, "columns" | "partitionKeys">;
}

/** The tables that the lake's folders stand for, by name; some may hold no file. Of two with one name the source's is first. */
export async function findTables(paths: LocalPaths): Promise<FoundTable[]> {
	const { datasets, made } = await stackDefinition(paths);
	const given = await GivenNames.read(paths);
	const folders = made.map(({ schema }) => schema);
	const nameOf = (schema: string, table: string): string =>
		given.of(schema, table) ?? catalogNameOf(datasets, schema, table);
	const found: FoundTable[] = [
		{ name: catalogTables.clickstream, format: "json", zone: "raw", prefix: lake.clickstream },
		...(await currentTables(paths, nameOf)),
		...(await changeLogs(paths, nameOf, folders)),
		...(await tablesOf(lake.roots.models, paths)),
		...(await Promise.all(folders.map((folder) => madeTables(folder, paths)))).flat(),
	];
	return found.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** What to do about a table of the processed zone that cannot be read: the jobs notice a folder that is gone. */
export const damagedTableFix =
	"From the processed zone, remove the whole folder of the damaged table, or of the damaged batch of a change log. The " +
	`jobs rebuild it. If a job of the definition does not, also remove its state, ${lake.state}/<job>.json.`;

async function currentTables(paths: LocalPaths, nameOf: NameOf): Promise<FoundTable[]> {
	const found: FoundTable[] = [];
	for (const schemaFolder of await subfolders(join(paths.processed, lake.roots.current))) {
		for (const folder of await subfolders(join(paths.processed, lake.roots.current, schemaFolder))) {
			const prefix = `${lake.roots.current}/${schemaFolder}/${folder}`;
			const source = { schema: fromFolder(schemaFolder), table: fromFolder(folder) };
			// A folder of another name was made by an earlier version, which called it otherwise.
			if (prefix !== lake.current(source.schema, source.table)) continue;
			if (!(await isIcebergTable(join(paths.processed, prefix)))) continue;
			found.push({ name: nameOf(source.schema, source.table), format: "iceberg", zone: "processed", prefix, source });
		}
	}
	return found;
}

/** @param made folders that the definition's jobs write. */
async function changeLogs(paths: LocalPaths, nameOf: NameOf, made: readonly string[]): Promise<FoundTable[]> {
	// Folders of the processed zone that are not source schemas.
	const reserved = new Set<string>([...Object.values(lake.roots), ...made.map((folder) => folder.split("/")[0] ?? "")]);
	const found: FoundTable[] = [];
	for (const schemaFolder of await subfolders(paths.processed)) {
		if (reserved.has(schemaFolder)) continue;
		for (const folder of await subfolders(join(paths.processed, schemaFolder))) {
			const prefix = `${schemaFolder}/${folder}`;
			const source = { schema: fromFolder(schemaFolder), table: fromFolder(folder) };
			if (prefix !== lake.changeLog(source.schema, source.table)) continue;
			const name = changeLogName(nameOf(source.schema, source.table));
			found.push({ name, format: "parquet", zone: "processed", prefix, source });
		}
	}
	for (const { source, shape } of await emptyLogs(paths, new Set(found.map(({ prefix }) => prefix)))) {
		const prefix = lake.changeLog(source.schema, source.table);
		const name = changeLogName(nameOf(source.schema, source.table));
		found.push({ name, format: "parquet", zone: "processed", prefix, source, shape });
	}
	return found;
}

/** The tables in a folder of the processed zone that belongs to no schema. */
async function tablesOf(folder: string, paths: LocalPaths): Promise<FoundTable[]> {
	const found: FoundTable[] = [];
	for (const table of await subfolders(join(paths.processed, folder))) {
		const prefix = `${folder}/${table}`;
		if (!(await isIcebergTable(join(paths.processed, prefix)))) continue;
		found.push({ name: plainName(table), format: "iceberg", zone: "processed", prefix });
	}
	return found;
}

/**
 * The tables in a folder that a job writes: each Iceberg table below it by its own folder's name; where rows are in the
 * folder itself, or in `key=value` folders of it, it is a table of Parquet files by its name.
 */
async function madeTables(folder: string, paths: LocalPaths): Promise<FoundTable[]> {
	const entries = (await entriesOf(join(paths.processed, folder))).filter(({ name }) => !isHidden(name));
	const isTable = entries.some((entry) => (entry.isDirectory() ? entry.name.includes("=") : isParquet(entry.name)));
	if (!isTable) return tablesOf(folder, paths);
	const name = plainName(folder.slice(folder.lastIndexOf("/") + 1));
	return [{ name, format: "parquet", zone: "processed", prefix: folder }];
}

function isParquet(name: string): boolean {
	return name.endsWith(parquetExtension);
}

type NameOf = (schema: string, table: string) => string;

function catalogNameOf(datasets: readonly Dataset[], schema: string, table: string): string {
	const entry = datasets.find((set) => set.schema === schema)?.tables.find(({ name }) => name === table);
	return catalogName(entry ?? { name: table });
}

/** What a job makes is called as Glue's crawlers would: lower case, and an underscore for what is not a letter, digit or underscore. */
function plainName(folder: string): string {
	return folder.toLowerCase().replaceAll(/[^a-z0-9_]/g, "_");
}
