import { openDuckDb } from "./open.ts";
import { quoteName, quoteText } from "./quote.ts";

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
		const list = paths.map(quoteText).join(", ");
		const selected = columns.map((name) => `CAST(${quoteName(name)} AS VARCHAR) AS ${quoteName(name)}`);
		const result = await connection.runAndReadAll(`SELECT ${selected.join(", ")} FROM read_parquet([${list}])`);
		return result.getRowObjectsJson() as Record<string, string | null>[];
	} finally {
		close();
	}
}
