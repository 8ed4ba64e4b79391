import { lake } from "../../../etl/contract/contract.ts";
import type { TableName } from "../../../etl/contract/pipeline/values.ts";
import type { Definition } from "../../../etl/definition/definition.ts";
import { catalogName } from "../../../etl/definition/tables.ts";
import { quoteName } from "../../engines/duckdb/quote.ts";
import type { CatalogTable, Context, Query } from "../../engines/port.ts";
import type { EtlResult } from "../etl/runEtl.ts";
import type { Row, Selection } from "./sourceRows.ts";

/** Name in the catalog of a current table: of the table that is there, else as it will be called. */
export function currentName(
	{ datasets }: Definition,
	catalog: EtlResult["catalog"] | { tables: Pick<CatalogTable, "name" | "location">[] },
	{ schema, table }: TableName,
): string {
	const place = `/${lake.current(schema, table)}`;
	const found = catalog?.tables.find(({ location }) => location?.replace(/\/$/, "").endsWith(place));
	if (found !== undefined) return found.name;
	const declared = datasets.find((set) => set.schema === schema)?.tables.find(({ name }) => name === table);
	return catalogName(declared ?? { name: table });
}

/** Rows of a current table, every value as text. @param selection values as they are at the source. */
export async function readCurrent(
	query: Query,
	table: string,
	columns: readonly string[],
	selection: Selection,
	context: Context,
): Promise<(string | null)[][]> {
	const list = columns.map((name) => `CAST(${quoteName(name)} AS VARCHAR) AS ${quoteName(name)}`).join(", ");
	const { rows } = await query.run(`SELECT ${list} FROM ${quoteName(table)} WHERE ${conditionOf(selection)}`, context);
	return rows.map((row) => columns.map((_, index) => textOf(row[index])));
}

export async function countCurrent(query: Query, table: string, context: Context): Promise<number> {
	const { rows } = await query.run(`SELECT COUNT(*) AS n FROM ${quoteName(table)}`, context);
	return Number(rows[0]?.[0]);
}

function conditionOf({ columns, values }: Selection): string {
	const [only] = columns;
	if (columns.length === 1 && only !== undefined) {
		return `${quoteName(only)} IN (${values.map(([value]) => literal(value)).join(", ")})`;
	}
	const rows = values.map((row) => columns.map((name, index) => `${quoteName(name)} = ${literal(row[index])}`));
	return rows.map((equal) => `(${equal.join(" AND ")})`).join(" OR ");
}

function literal(value: Row[number] | unknown): string {
	return typeof value === "number" ? String(value) : `'${String(value).replaceAll("'", "''")}'`;
}

function textOf(value: unknown): string | null {
	return value === undefined || value === null ? null : String(value);
}
