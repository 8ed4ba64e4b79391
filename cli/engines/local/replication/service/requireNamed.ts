import { fits } from "../../../../../etl/contract/pipeline/values.ts";
import { PipelineError } from "../../../../common/errors.ts";
import type { Rules } from "../model/rules.ts";
import { bygone, departed } from "../model/tableHistory.ts";
import { type TableName, tableId } from "../model/tableName.ts";
import { missingColumns } from "../model/takeColumns.ts";
import type { TaskState } from "../model/taskState.ts";
import { isTransient } from "../mysql/errors.ts";
import type { Server } from "../mysql/server.ts";
import { readTableSchema, type TableSchema } from "../mysql/tableSchema.ts";

/**
 * What a definition names must be at the source: behind a name that is not, there may be a table or a column whose values
 * would come in the clear.
 * @param existing tables of the source.
 * @param known what was loaded before.
 * @throws PipelineError naming every pattern that fits no table, and every table and column that is not there.
 */
export async function requireNamed(
	rules: Rules,
	server: Server,
	existing: readonly TableName[],
	known: TaskState | undefined,
): Promise<void> {
	const found: string[] = [];
	const fold = (text: string): string => (server.foldsCase ? text.toLowerCase() : text);
	for (const { schema, include } of rules.chosen) {
		const tables = existing.filter((name) => name.schema === schema).map(({ table }) => table);
		const idle = include.filter((pattern) => !tables.some((table) => fits(fold(table), fold(pattern))));
		if (idle.length > 0 && !(idle.length === 1 && idle[0] === "*")) {
			found.push(
				`source.schemas.${schema}: ${idle.join(", ")} ${idle.length === 1 ? "matches" : "match"} no table; tables: ${tables.join(", ") || "none"}`,
			);
		}
	}
	for (const wanted of rules.tablesWithColumns) {
		const name = existing.find((one) => fold(tableId(one)) === fold(tableId(wanted)));
		const schema = name === undefined ? undefined : await schemaOf(server, name);
		if (schema === "unreadable") continue;
		if (name === undefined || schema === undefined) {
			found.push(`tables.${tableId(wanted)}: there is no such table`);
			continue;
		}
		const missing = missingColumns(rules, name, schema.columns, bygoneOf(known, name, schema.columns));
		if (missing.length === 0) continue;
		found.push(
			`tables.${tableId(wanted)}.columns: ${missing.join(", ")} ${missing.length === 1 ? "does" : "do"} not exist; columns: ${schema.columns.map((column) => column.name).join(", ")}`,
		);
	}
	if (found.length === 0) return;
	throw new PipelineError("usage", {
		what: "The definition names tables or columns that the source does not have, so nothing was loaded.",
		why: found.join("; "),
		fix: "Correct the names in pipeline.yaml, or remove them. Use the new name of a renamed column.",
		next: "pipeline-cli replication start",
	});
}

/** What keeps a table from being replicated is said when it is loaded, and holds up no other. */
async function schemaOf(server: Server, name: TableName): Promise<TableSchema | "unreadable" | undefined> {
	try {
		return await readTableSchema(server, name);
	} catch (error) {
		if (isTransient(error)) throw error;
		return "unreadable";
	}
}

/** Columns that a table had once, where it is known what became of them. */
function bygoneOf(known: TaskState | undefined, name: TableName, columns: readonly { name: string }[]): string[] {
	const before = known?.historyOf(name);
	return before === undefined ? [] : bygone(departed(before, columns));
}
