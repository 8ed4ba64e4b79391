import { qualifiedName, quoteName } from "../../../mysql/quote.ts";
import type { ColumnDefinition } from "../model/checkpoint.ts";
import { enumTwins, KeyTwinError, mayHaveTwins, setTwin } from "../model/keyTwins.ts";
import type { TableName } from "../model/tableName.ts";
import type { Server } from "../mysql/server.ts";
import type { TableSchema } from "../mysql/tableSchema.ts";

/**
 * Looks for values of a table's key that read like others. The server alone can tell them apart: it sends texts.
 * @throws KeyTwinError where there is one.
 */
export async function requireNoTwins(server: Server, name: TableName, { columns, key }: TableSchema): Promise<void> {
	for (const column of columns) {
		const condition = key.includes(column.name) ? twinCondition(column) : undefined;
		if (condition === undefined) continue;
		const found = await server.rows(`SELECT 1 FROM ${qualifiedName(name)} WHERE ${condition} LIMIT 1`);
		if (found.length > 0) throw new KeyTwinError(column.name);
	}
}

/** What holds of such values; undefined where there are none. */
function twinCondition({ name, type, charset }: ColumnDefinition): string | undefined {
	const column = quoteName(name);
	const [, kind] = /^(enum|set)\(/i.exec(type) ?? [];
	if (kind?.toLowerCase() === "enum") {
		const twins = enumTwins(membersIn(type));
		return twins.length === 0 ? undefined : `${column} + 0 IN (${twins.join(", ")})`;
	}
	if (kind !== undefined) {
		const twin = setTwin(membersIn(type));
		return twin === undefined ? undefined : `${column} + 0 = ${twin}`;
	}
	if (charset === null || !mayHaveTwins(charset)) return undefined;
	const again = `CONVERT(CONVERT(${column} USING utf8mb4) USING ${charset})`;
	return `CAST(${column} AS BINARY) <> CAST(${again} AS BINARY)`;
}

/** Members of an ENUM or SET as INFORMATION_SCHEMA.COLUMNS.COLUMN_TYPE has them. */
function membersIn(type: string): string[] {
	return [...type.matchAll(/'((?:[^']|'')*)'/g)].map(([, text = ""]) => text.replaceAll("''", "'"));
}
