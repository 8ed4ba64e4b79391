import { randomUUID } from "node:crypto";
import { rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { PipelineError } from "../../common/errors.ts";
import { exists } from "../../common/fs.ts";
import { requirePlaceFor, unwritable } from "../../common/resultFile.ts";
import { csvLines, inPieces } from "../../common/resultText.ts";
import { writeParquet } from "../../engines/duckdb/parquetWriter.ts";
import { quoteName } from "../../engines/duckdb/quote.ts";
import type { Context, QueryResult, Stack } from "../../engines/port.ts";
import { writeXlsx } from "./xlsx.ts";

export type ExportFormat = "csv" | "parquet" | "xlsx";

export interface ExportOptions {
	/** A table of the catalog, a named query, or a statement that reads. */
	what: string;
	format: ExportFormat;
	/** Default: the name and the format's ending, in the working folder. */
	output: string | undefined;
	/** Of CSV: whether texts that begin like formulas get an apostrophe, so that spreadsheet programs run none. */
	safe: boolean;
}

export interface ExportResult {
	path: string;
	rows: number;
	bytes: number;
}

/**
 * Saves a table or an answer as a file. The file is there as a whole or not at all, and replaces no other.
 * @throws PipelineError where the file exists, or cannot hold the rows.
 */
export async function exportRows(stack: Stack, options: ExportOptions, context: Context): Promise<ExportResult> {
	const { name, sql } = await statementOf(stack, options.what);
	const path = resolve(options.output ?? `${name}.${options.format}`);
	const isThere = await exists(path).catch((error: unknown) => {
		throw unwritable(path, error);
	});
	if (isThere) {
		throw new PipelineError("usage", {
			what: `${path} exists already.`,
			fix: "Choose another file with --output, or remove the existing one.",
		});
	}
	await requirePlaceFor(path);
	const query = await stack.query();
	return context.reporter.task(`Export ${name}`, async (update) => {
		const result = await query.run(sql, context);
		update(`${result.rows.length} rows`);
		const temporary = join(dirname(path), `.${randomUUID()}`);
		try {
			await write(result, options, temporary);
			context.signal.throwIfAborted();
			await rename(temporary, path);
		} catch (error) {
			await rm(temporary, { force: true });
			if (error instanceof PipelineError || context.signal.aborted) throw error;
			throw unwritable(path, error);
		}
		return { path, rows: result.rows.length, bytes: (await stat(path)).size };
	});
}

async function write(result: QueryResult, { format, safe }: ExportOptions, path: string): Promise<void> {
	if (format === "csv") return writeFile(path, inPieces(csvLines(result, safe)));
	return format === "parquet" ? writeParquet(result, path) : writeXlsx(result, path);
}

/** A word is a named query where there is one of that name, else a table; anything longer is a statement. */
async function statementOf(stack: Stack, what: string): Promise<{ name: string; sql: string }> {
	if (!/^[a-z0-9_]+$/i.test(what)) return { name: "query", sql: what };
	const query = (await stack.definition()).queries.find(({ name }) => name === what);
	return { name: what, sql: query?.sql ?? `SELECT * FROM ${quoteName(what)}` };
}
