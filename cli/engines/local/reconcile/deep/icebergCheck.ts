import { dirname, relative } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { messageOf } from "../../../../common/errors.ts";
import { counted, grouped } from "../../../../common/grouped.ts";
import { quoteFiles } from "../../../duckdb/quote.ts";
import type { LakeFinding } from "../../../port.ts";
import { type DataFile, icebergFiles } from "../../catalog/icebergTable.ts";
import { filesBelow } from "../../catalog/lakeFolders.ts";
import { parquetEndings } from "../../catalog/tableReader.ts";
import { finding, remaking } from "./finding.ts";
import { sizeOf } from "./rawFiles.ts";

/** Data files of an Iceberg table against its manifests: those that are missing, cut, or hold other rows. */
export async function checkIceberg(name: string, folder: string, connection: DuckDBConnection): Promise<LakeFinding> {
	const fix = remaking(folder);
	try {
		const { current, known } = await icebergFiles(folder);
		const found: string[] = [];
		for (const file of current) {
			const what = await faultOf(file, connection);
			if (what !== undefined) found.push(`${relative(folder, file.path)} ${what}`);
		}
		const result = finding("data files", name, found, fix);
		const extra = (await filesBelow(folder, parquetEndings)).filter((path) => !known.has(path));
		if (extra.length > 0) {
			const [first = ""] = extra;
			// A job that was killed leaves them, and upkeep removes them.
			result.found.push(
				`${counted(extra.length, "file")} in ${relative(folder, dirname(first)) || "."} that belong to no snapshot (harmless)`,
			);
		}
		return result;
	} catch (error) {
		return finding("data files", name, [messageOf(error)], fix);
	}
}

async function faultOf({ path, bytes, rows }: DataFile, connection: DuckDBConnection): Promise<string | undefined> {
	const size = await sizeOf(path);
	if (size === undefined) return "is missing";
	if (size !== bytes) return `has ${grouped(size)} bytes, but the manifest says ${grouped(bytes)}`;
	try {
		const there = await rowsIn([path], connection);
		return there === rows ? undefined : `has ${counted(there, "row")}, but the manifest says ${grouped(rows)}`;
	} catch (error) {
		return `cannot be read: ${messageOf(error)}`;
	}
}

/** Rows of Parquet files, by their footers. */
export async function rowsIn(files: readonly string[], connection: DuckDBConnection): Promise<number> {
	if (files.length === 0) return 0;
	const reader = await connection.runAndReadAll(
		`SELECT sum(num_rows) FROM parquet_file_metadata(${quoteFiles(files)})`,
	);
	return Number(reader.getRowsJS()[0]?.[0] ?? 0);
}
