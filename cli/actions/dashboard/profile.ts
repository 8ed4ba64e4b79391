import { changeLogName } from "../../../etl/contract/contract.ts";
import type { Pipeline } from "../../../etl/contract/pipeline/pipeline.ts";
import type { ColumnProfile, TableProfile } from "../../dashboard/data.ts";
import type { CatalogColumn, Context, Query, Stack } from "../../engines/port.ts";
import { looksPersonal } from "../personalData.ts";
import { askAll, nameInSql, textInSql } from "./ask.ts";

/** Characters of a value that are shown. */
const shownCharacters = 80;

const examplesShown = 3;

/** Types of values that cannot be ordered or would not be read. */
const nested = /^(array|map|struct|row|binary|varbinary)/i;

/**
 * What is in a table's columns: values that are missing, how many different ones, the least and the largest, and the most frequent.
 * It reads the whole table twice at most.
 * @param name as the page lists it; of a table that has only a change log, that.
 * @returns undefined where the catalog has no such table.
 */
export async function tableProfile(
	stack: Stack,
	pipeline: Pipeline,
	name: string,
	context: Context,
): Promise<TableProfile | undefined> {
	const { tables } = await (await stack.crawlers()).registered();
	const found = [name, changeLogName(name)].find((one) => tables.some((table) => table.name === one));
	if (found === undefined) return undefined;
	const query = await stack.query();
	const { columns } = await query.run(`SELECT * FROM ${nameInSql(found)} LIMIT 0`, context);
	const hidden = hiddenColumns(columns, pipeline);
	const counts = await countsOf(found, columns, query, context);
	const shown = columns.filter((column) => !hidden.has(column.name) && !nested.test(column.type));
	const examples = await examplesOf(found, shown, query, context);
	return {
		table: found,
		computedAt: new Date().toISOString(),
		// Whichever column could be read knows it.
		rows: [...counts.values()][0]?.rows ?? 0,
		columns: columns.map((column): ColumnProfile => {
			const { name: own, type } = column;
			const count = counts.get(own);
			if (count === undefined) return { name: own, type };
			const { rows, present, distinct, least, largest } = count;
			const reason = hidden.get(own);
			return {
				name: own,
				type,
				nulls: rows - present,
				...(distinct !== undefined && { distinct }),
				...(reason === undefined
					? {
							...(least !== undefined && { least }),
							...(largest !== undefined && { largest }),
							examples: examples.get(own) ?? [],
						}
					: { hidden: reason }),
			};
		}),
	};
}

/** Columns whose values are not shown, with why. */
function hiddenColumns(
	columns: readonly CatalogColumn[],
	{ columns: everywhere, tables }: Pipeline,
): Map<string, "hashed" | "personal"> {
	const hashed = [everywhere, ...tables.map((table) => table.columns)].flatMap((actions) =>
		Object.entries(actions).flatMap(([name, action]) => (action === "hash" ? [name.toLowerCase()] : [])),
	);
	return new Map(
		columns.flatMap(({ name }): [string, "hashed" | "personal"][] => {
			if (hashed.includes(name.toLowerCase())) return [[name, "hashed"]];
			return looksPersonal(name) ? [[name, "personal"]] : [];
		}),
	);
}

interface Counts {
	rows: number;
	present: number;
	distinct?: number;
	least?: string;
	largest?: string;
}

async function countsOf(
	table: string,
	columns: readonly CatalogColumn[],
	query: Query,
	context: Context,
): Promise<Map<string, Counts>> {
	const select = ({ name, type }: CatalogColumn): string => {
		const [column, isNested] = [nameInSql(name), nested.test(type)];
		const ordered = (what: string): string => (isNested ? "CAST(NULL AS varchar)" : asText(`${what}(${column})`));
		const distinct = isNested ? "CAST(NULL AS bigint)" : `COUNT(DISTINCT ${column})`;
		return `SELECT ${textInSql(name)} AS column_name, COUNT(*) AS row_count, COUNT(${column}) AS present, ${distinct} AS different, ${ordered("MIN")} AS least, ${ordered("MAX")} AS largest FROM ${nameInSql(table)}`;
	};
	const rows = await askAll(columns, select, query, context);
	return new Map(
		rows.map((row) => [
			String(row.column_name),
			{
				rows: Number(row.row_count),
				present: Number(row.present),
				...(row.different !== null && { distinct: Number(row.different) }),
				...(row.least !== null && { least: String(row.least) }),
				...(row.largest !== null && { largest: String(row.largest) }),
			},
		]),
	);
}

async function examplesOf(
	table: string,
	columns: readonly CatalogColumn[],
	query: Query,
	context: Context,
): Promise<Map<string, { value: string; rows: number }[]>> {
	const select = ({ name }: CatalogColumn): string => {
		const column = nameInSql(name);
		return `SELECT * FROM (SELECT ${textInSql(name)} AS column_name, ${asText(column)} AS example, COUNT(*) AS row_count FROM ${nameInSql(table)} WHERE ${column} IS NOT NULL GROUP BY ${column} ORDER BY COUNT(*) DESC, ${column} LIMIT ${examplesShown})`;
	};
	const found = new Map<string, { value: string; rows: number }[]>();
	for (const row of await askAll(columns, select, query, context)) {
		const name = String(row.column_name);
		const one = { value: String(row.example), rows: Number(row.row_count) };
		found.set(
			name,
			[...(found.get(name) ?? []), one].sort((a, b) => b.rows - a.rows),
		);
	}
	return found;
}

function asText(expression: string): string {
	return `substr(CAST(${expression} AS varchar), 1, ${shownCharacters})`;
}
