import { openDuckDb } from "./open.ts";
import { quoteFiles, quoteName } from "./quote.ts";

/**
 * Rows of Parquet files on this machine, by DuckDB.
 * @param columns names to read; every value comes as text or null.
 */
export async function readParquet(
	paths: readonly string[],
	columns: readonly string[],
): Promise<Record<string, string | null>[]> {
	const { connection, close } = await openDuckDb();
	try {
		const selected = columns.map((name) => `CAST(${quoteName(name)} AS VARCHAR) AS ${quoteName(name)}`);
		const result = await connection.runAndReadAll(
			`SELECT ${selected.join(", ")} FROM read_parquet(${quoteFiles(paths)})`,
		);
		return result.getRowObjectsJson() as Record<string, string | null>[];
	} finally {
		close();
	}
}
