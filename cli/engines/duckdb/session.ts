import type { DuckDBConnection } from "@duckdb/node-api";
import { openDuckDb } from "./open.ts";
import { quoteText } from "./quote.ts";
import { spillFolder } from "./spill.ts";

/** What a session may reach. */
export interface DuckDbAccess {
	/** Folders whose files it may read. */
	folders: readonly string[];
	/** Folder below which it spills what is larger than memory. */
	spill: string;
}

/**
 * Runs some work on a DuckDB of its own: in memory, in UTC, and with no way to any file outside of some folders. An aborted
 * signal interrupts the statement under way and ends with the signal's reason.
 * @param file a database file to read instead of an empty database in memory.
 * https://duckdb.org/docs/stable/operations_manual/securing_duckdb/overview
 */
export async function withDuckDb<T>(
	access: DuckDbAccess,
	signal: AbortSignal,
	work: (connection: DuckDBConnection) => Promise<T>,
	file?: string,
): Promise<T> {
	signal.throwIfAborted();
	const { connection, close } = await openDuckDb(file, file === undefined ? {} : { access_mode: "READ_ONLY" });
	let interrupting: NodeJS.Timeout | undefined;
	// An interrupt is forgotten when a statement begins, so one alone could fall between two statements.
	const interrupt = (): void => {
		interrupting = setInterval(() => connection.interrupt(), 20);
	};
	signal.addEventListener("abort", interrupt, { once: true });
	try {
		// It may have come while the DuckDB was opened.
		signal.throwIfAborted();
		const settings = [
			"TimeZone = 'UTC'",
			`allowed_directories = [${access.folders.map((path) => quoteText(`${path}/`)).join(", ")}]`,
			`temp_directory = ${quoteText(spillFolder(access.spill))}`,
			"autoinstall_known_extensions = false",
			"autoload_known_extensions = false",
			"enable_external_access = false",
		];
		for (const setting of settings) await connection.run(`SET ${setting}`);
		const result = await work(connection);
		signal.throwIfAborted();
		return result;
	} catch (error) {
		signal.throwIfAborted();
		throw error;
	} finally {
		signal.removeEventListener("abort", interrupt);
		clearInterval(interrupting);
		close();
	}
}
