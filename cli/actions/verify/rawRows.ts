import { z } from "zod";
import { operations, parquetExtension, rawColumns } from "../../../etl/contract/contract.ts";
import { type JsonKind, parseJson } from "../../common/jsonFile.ts";
import { textLines } from "../../common/textLines.ts";
import { readParquet } from "../../engines/duckdb/parquetReader.ts";

type Row = Record<string, string | null>;

/** What is read of a message of DMS. */
const message: JsonKind<{
	data?: Record<string, unknown>;
	metadata: { operation: string; timestamp: string; "commit-timestamp"?: string };
}> = {
	name: "A message file in the raw zone",
	schema: z.object({
		data: z.record(z.string(), z.unknown()).exactOptional(),
		metadata: z.object({
			operation: z.string(),
			timestamp: z.string(),
			"commit-timestamp": z.string().exactOptional(),
		}),
	}),
	remedy: () => ({
		fix: "Run the jobs: they list each raw file that they cannot read.",
		next: "pipeline-cli run-etl",
	}),
};

/** By the operation that a message names; the raw zone has an insert where the change log has a load. */
const operationOf: Readonly<Record<string, string>> = { ...operations, load: operations.insert };

/**
 * Rows of a raw file of a table, Parquet or messages of DMS; every value comes as text or null.
 * @param key the object's, whose ending tells the format.
 * @param columns names as in a Parquet file, also `Op` and `cdc_commit_time`.
 */
export async function readRawRows(key: string, path: string, columns: readonly string[]): Promise<Row[]> {
	if (key.endsWith(parquetExtension)) return readParquet([path], columns);
	const rows: Row[] = [];
	for await (const line of textLines(path, key.endsWith(".gz"))) {
		const { data, metadata } = parseJson(line, key, message);
		if (data === undefined) continue;
		const time = metadata["commit-timestamp"] ?? metadata.timestamp;
		const values: Record<string, unknown> = {
			...data,
			[rawColumns.op]: operationOf[metadata.operation],
			[rawColumns.commitTime]: time.replace("T", " ").replace("Z", ""),
		};
		rows.push(Object.fromEntries(columns.map((name) => [name, textOf(values[name])])));
	}
	return rows;
}

function textOf(value: unknown): string | null {
	return value === undefined || value === null ? null : String(value);
}
