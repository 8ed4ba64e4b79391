import type { DuckDBConnection, DuckDBType } from "@duckdb/node-api";
import { batchKeys } from "../../../../etl/contract/contract.ts";
import { fromDuckDb, toDuckDb } from "../../duckdb/columnTypes.ts";
import { quoteFiles, quoteName, quoteText } from "../../duckdb/quote.ts";
import type { LocalPaths } from "../shared/paths.ts";
import { type RegisteredTable, tableFolder } from "./catalogFile.ts";
import { readableClickFiles } from "./clickFiles.ts";
import { selectClicks } from "./clickTable.ts";
import { readIcebergTable } from "./icebergTable.ts";
import { filesBelow } from "./lakeFolders.ts";

/** Name of a column that no table has. */
const filePath = "/path";

type Columns = RegisteredTable["columns"];

/** How the names of data files end. Those of clicks end in any way, for Athena and the jobs as well. */
export const parquetEndings = [".parquet"];
export const clickEndings = [""];

/**
 * A SELECT that reads all of a table as it lies in the lake now. Its columns have lower-case names, as in Glue, and the
 * types of the catalog.
 * @throws PipelineError where an Iceberg table cannot be read, Error with DuckDB's words where a Parquet file cannot.
 */
export async function selectAll(
	table: RegisteredTable,
	paths: LocalPaths,
	connection: DuckDBConnection,
): Promise<string> {
	const folder = tableFolder(table, paths);
	if (table.format === "iceberg") return selectIceberg(folder);
	if (table.format === "json") {
		const files = [...(await readableClickFiles(await filesBelow(folder, clickEndings), paths)).values()];
		return files.length === 0 ? selectNothing(table) : selectClicks(files, table.columns);
	}
	const files = await filesBelow(folder, parquetEndings);
	if (files.length === 0) return selectNothing(table);
	const relation = parquetRelation(files, table.partitionKeys);
	const found = await describe(connection, relation);
	const columns = found.map(({ name, type }) => {
		const target = quoteName(name.toLowerCase());
		return `CAST(${quoteName(name)} AS ${toDuckDb(fromDuckDb(type))}) AS ${target}`;
	});
	return `SELECT ${columns.join(", ")} FROM ${relation}`;
}

/** A SELECT with the table's columns that fails with the message once a row of it is asked for. */
export function selectFailure(table: RegisteredTable, message: string): string {
	return `${selectNulls(table)} WHERE error(${quoteText(message)}) IS NULL`;
}

/** Parquet files as one relation, by column name; a file that lacks a column has nulls in it. */
export function parquetRelation(files: readonly string[], partitionKeys: Columns): string {
	if (partitionKeys.some(({ name }) => name === batchKeys.own)) {
		// A column `batch` of the table's own would give way to the folder's.
		const number = `CAST(regexp_extract(${quoteName(filePath)}, '/${batchKeys.usual}=(\\d+)/[^/]*$', 1) AS INTEGER)`;
		const rows = `read_parquet(${quoteFiles(files)}, union_by_name = true, hive_partitioning = false, filename = ${quoteText(filePath)})`;
		return `(SELECT * EXCLUDE (${quoteName(filePath)}), ${number} AS ${batchKeys.own} FROM ${rows})`;
	}
	const types = partitionKeys.map(({ name, type }) => `${quoteText(name)}: ${toDuckDb(type)}`).join(", ");
	const hive = partitionKeys.length === 0 ? "false" : `true, hive_types = {${types}}`;
	return `read_parquet(${quoteFiles(files)}, union_by_name = true, hive_partitioning = ${hive})`;
}

/** Names and types of a relation's columns. */
export async function describe(
	connection: DuckDBConnection,
	relation: string,
): Promise<{ name: string; type: DuckDBType }[]> {
	const result = await connection.run(`SELECT * FROM ${relation} LIMIT 0`);
	const types = result.columnTypes();
	return result.columnNames().flatMap((name, at) => {
		const type = types[at];
		return type === undefined ? [] : [{ name, type }];
	});
}

/** Data files know a column by its id: DuckDB's `schema` reads renamed, added and dropped columns right. */
async function selectIceberg(folder: string): Promise<string> {
	const { columns, files } = await readIcebergTable(folder);
	const lowerCase = columns.map(({ id, name, type }) => ({ id, name: name.toLowerCase(), type }));
	if (files.length === 0) return selectNothing({ columns: lowerCase, partitionKeys: [] });
	const schema = lowerCase.map(
		({ id, name, type }) =>
			`${id}: {name: ${quoteText(name)}, type: ${quoteText(toDuckDb(type))}, default_value: NULL}`,
	);
	return `SELECT * FROM read_parquet(${quoteFiles(files)}, hive_partitioning = false, schema = MAP {${schema.join(", ")}})`;
}

type Shape = Pick<RegisteredTable, "columns" | "partitionKeys">;

function selectNothing(table: Shape): string {
	return `${selectNulls(table)} WHERE false`;
}

function selectNulls({ columns, partitionKeys }: Shape): string {
	const nulls = [...columns, ...partitionKeys].map(
		({ name, type }) => `CAST(NULL AS ${toDuckDb(type)}) AS ${quoteName(name.toLowerCase())}`,
	);
	return `SELECT ${nulls.join(", ")}`;
}
