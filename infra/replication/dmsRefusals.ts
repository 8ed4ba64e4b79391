import { isBefore } from "../shared/versions.ts";
import type { Mapped } from "./tableMappings.ts";

/**
 * What a definition asks for that DMS cannot do, each with what to write instead. Nothing of it may be deployed: DMS would
 * write clear values, or tables that nobody wants.
 * https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Transformations.html
 */
export function dmsRefusals({ schemas, tables, columns }: Mapped, engineVersion: string | undefined): string[] {
	const found: string[] = [];
	const hashes = [columns, ...tables.map((table) => table.columns)].some((one) => Object.values(one).includes("hash"));
	if (hashes && engineVersion !== undefined && isBefore(engineVersion, "3.5.4")) {
		found.push(
			`columns: hash: DMS ${engineVersion} cannot hash. Use a newer one: pulumi config set replicationEngineVersion 3.6.1`,
		);
	}
	for (const { name, include, newTables, newColumns } of schemas) {
		if (newTables !== "include" && include.some((pattern) => pattern.includes("*"))) {
			found.push(
				`source.schemas.${name}.new_tables: ${newTables}: DMS replicates every table that matches the patterns. List the tables in include, without *.`,
			);
		}
		if (newColumns !== "include") found.push(newColumnsRefusal(`source.schemas.${name}`, newColumns));
	}
	for (const table of tables) {
		const place = `tables.${table.schema}.${table.table}`;
		if (table.newColumns !== undefined && table.newColumns !== "include" && table.onlyColumns === undefined) {
			found.push(newColumnsRefusal(place, table.newColumns));
		}
		for (const [column, action] of Object.entries(table.columns)) {
			const general = columns[column];
			if (general !== undefined && general !== "keep" && general !== action) {
				found.push(
					`${place}.columns.${column}: ${action}: defaults.columns says ${general}, but DMS allows one rule per column name. List the column in each table instead of in defaults.`,
				);
			}
			if (action === "hash" && table.primaryKey?.includes(column)) found.push(keyRefusal(place, column));
		}
		for (const [column, action] of Object.entries(columns)) {
			if (action === "hash" && table.primaryKey?.includes(column) && table.columns[column] === undefined) {
				found.push(keyRefusal(place, column));
			}
		}
		for (const name of table.onlyColumns ?? []) {
			if ((columns[name] ?? "keep") !== "keep") {
				found.push(
					`${place}.columns.include: ${name}: defaults.columns says ${columns[name]}, but DMS allows one rule per column name. List the column in each table instead of in defaults.`,
				);
			}
		}
		if (Object.values(table.columns).includes("hash") && table.primaryKey === undefined) {
			found.push(
				`${place}.columns: hash: DMS also writes the key as it was before a change, so hashed columns must not be part of it. Add primary_key to show that they are not.`,
			);
		}
		for (const name of [...Object.keys(table.columns), ...(table.onlyColumns ?? [])]) {
			if (/[#\\/-]/.test(name)) {
				found.push(`${place}.columns.${name}: DMS does not support rules for columns whose names contain # \\ / or -.`);
			}
		}
	}
	return found;
}

function newColumnsRefusal(place: string, newColumns: string): string {
	return `${place}.new_columns: ${newColumns}: DMS replicates every added column. List the columns of a table: columns: { include: […] }.`;
}

function keyRefusal(place: string, column: string): string {
	return `${place}.columns.${column}: hash: the column is part of the key, whose value before a change DMS writes without hashing. Drop the column, or choose another key.`;
}
