import { type DuckDBConnection, type DuckDBType, DuckDBTypeId } from "@duckdb/node-api";
import { rawColumns } from "../../../../../etl/contract/contract.ts";
import { bug } from "../../../../common/errors.ts";
import { quoteName, quoteText } from "../../../duckdb/quote.ts";

/**
 * Messages of DMS for Kinesis Data Streams, made of staged Parquet files: `control` with the table's definition, and one
 * `data` message a row, which has the columns of the Parquet file. The transaction's number and the binlog's position,
 * which DMS adds, are left out: the change sequence is the order.
 * https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.Kinesis.html
 */

/** A table as the messages name it, and a staged file's columns. */
export interface StreamedTable {
	schema: string;
	table: string;
}

interface Column {
	name: string;
	type: DuckDBType;
}

/** What a control message says of a table's columns. */
export interface TableDefinition {
	columns: Record<string, { type: string; precision?: number; scale?: number; nullable: boolean }>;
	"primary-key": string[];
}

export type ControlOperation = "create-table" | "drop-table" | "change-columns";

/** Types as the control messages name them, by bits. */
const typeNames: Partial<Record<DuckDBTypeId, string>> = {
	[DuckDBTypeId.BOOLEAN]: "BOOLEAN",
	[DuckDBTypeId.TINYINT]: "INT8",
	[DuckDBTypeId.SMALLINT]: "INT16",
	[DuckDBTypeId.INTEGER]: "INT32",
	[DuckDBTypeId.BIGINT]: "INT64",
	[DuckDBTypeId.UTINYINT]: "UINT8",
	[DuckDBTypeId.USMALLINT]: "UINT16",
	[DuckDBTypeId.UINTEGER]: "UINT32",
	[DuckDBTypeId.UBIGINT]: "UINT64",
	[DuckDBTypeId.FLOAT]: "REAL4",
	[DuckDBTypeId.DOUBLE]: "REAL8",
	[DuckDBTypeId.VARCHAR]: "STRING",
	[DuckDBTypeId.BLOB]: "BYTES",
	[DuckDBTypeId.DATE]: "DATE",
	[DuckDBTypeId.TIMESTAMP]: "DATETIME",
};

export async function columnsOf(connection: DuckDBConnection, path: string): Promise<Column[]> {
	const result = await connection.run(`SELECT * FROM read_parquet(${quoteText(path)}) LIMIT 0`);
	const types = result.columnTypes();
	return result.columnNames().map((name, index) => ({ name, type: types[index] as DuckDBType }));
}

/** The definition of the source's columns, which lie between the commit time and the change sequence. */
export function definitionOf(columns: readonly Column[]): TableDefinition {
	const end = columns.findIndex(({ name }) => name === rawColumns.changeSequence);
	const key = columns.slice(end + 1).map(({ name }) => name.slice(rawColumns.beforeImagePrefix.length));
	const own = columns.slice(2, end).map(({ name, type }) => {
		const nullable = !key.includes(name);
		if (type.typeId === DuckDBTypeId.DECIMAL) {
			return [name, { type: "NUMERIC", precision: type.width, scale: type.scale, nullable }] as const;
		}
		const spelled = typeNames[type.typeId];
		if (spelled === undefined) throw bug(`column ${name}: no message has the type ${String(type)}`);
		return [name, { type: spelled, nullable }] as const;
	});
	return { columns: Object.fromEntries(own), "primary-key": key };
}

/** @param time ISO 8601 with microseconds, later than that of every message before. */
export function controlMessage(
	table: StreamedTable,
	operation: ControlOperation,
	definition: TableDefinition | undefined,
	time: string,
): string {
	return JSON.stringify({
		...(definition === undefined ? {} : { control: { "table-def": definition } }),
		metadata: {
			timestamp: time,
			"record-type": "control",
			operation,
			"partition-key-type": "task-id",
			"schema-name": table.schema,
			"table-name": table.table,
		},
	});
}

/** The messages of a staged file's rows, in chunks. They are put together as text, since JSON's numbers are inexact. */
export async function* dataMessages(
	connection: DuckDBConnection,
	path: string,
	columns: readonly Column[],
	table: StreamedTable,
	kind: "load" | "change",
	time: string,
): AsyncGenerator<string[]> {
	const data = columns
		.slice(2)
		.map(({ name, type }) => `${quoteText(`${JSON.stringify(name)}:`)} || ${jsonOf(name, type)}`);
	const [operation, commit] = [rawColumns.op, rawColumns.commitTime].map(quoteName) as [string, string];
	const named =
		kind === "load" ? "'load'" : `CASE ${operation} WHEN 'I' THEN 'insert' WHEN 'U' THEN 'update' ELSE 'delete' END`;
	const fixed = JSON.stringify({
		"partition-key-type": kind === "load" ? "primary-key" : "schema-table",
		"schema-name": table.schema,
		"table-name": table.table,
	}).slice(1);
	const committed = kind === "load" ? "''" : `'"commit-timestamp":"' || replace(${commit}, ' ', 'T') || 'Z",'`;
	const sql = `SELECT '{"data":{' || ${data.join(" || ',' || ")} || ${quoteText(`},"metadata":{"timestamp":"${time}","record-type":"data","operation":"`)}
		|| ${named} || '",' || ${committed} || ${quoteText(`${fixed}}`)} FROM read_parquet(${quoteText(path)})`;
	const result = await connection.stream(sql);
	for (;;) {
		const chunk = await result.fetchChunk();
		if (chunk === null || chunk.rowCount === 0) return;
		yield chunk.getColumnValues(0) as string[];
	}
}

/** SQL of a column's value as JSON text. */
function jsonOf(name: string, type: DuckDBType): string {
	const column = quoteName(name);
	return `coalesce(${textOf(column, type)}, 'null')`;
}

function textOf(column: string, type: DuckDBType): string {
	switch (type.typeId) {
		case DuckDBTypeId.VARCHAR:
			return `CAST(to_json(${column}) AS VARCHAR)`;
		case DuckDBTypeId.BLOB:
			return `'"0x' || hex(${column}) || '"'`;
		case DuckDBTypeId.DATE:
			return `'"' || CAST(${column} AS VARCHAR) || '"'`;
		case DuckDBTypeId.TIMESTAMP:
			return `'"' || replace(CAST(${column} AS VARCHAR), ' ', 'T') || 'Z"'`;
		case DuckDBTypeId.DECIMAL:
			// Without a digit before the point, DuckDB writes none, and `.5` is not JSON; the source has 30 decimals at most.
			return type.width > type.scale
				? `CAST(${column} AS VARCHAR)`
				: `CAST(CAST(${column} AS DECIMAL(${type.scale + 1},${type.scale})) AS VARCHAR)`;
		case DuckDBTypeId.FLOAT:
			// As text a single-precision number is rounded more than a double is.
			return `CAST(CAST(${column} AS DOUBLE) AS VARCHAR)`;
		default:
			return `CAST(${column} AS VARCHAR)`;
	}
}
