import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { writeFileAtomic } from "../../../common/fs.ts";
import { type JsonKind, readJsonFile } from "../../../common/jsonFile.ts";
import { folderUri, type LocalPaths } from "../shared/paths.ts";

const columnSchema = z.object({
	/** As the data has it; in SQL, as in Glue, names are lower case. */
	name: z.string(),
	type: z.string(),
});

const tableSchema = z.object({
	name: z.string(),
	format: z.enum(["parquet", "json", "iceberg"]),
	zone: z.enum(["raw", "processed"]),
	/** Folder below the zone, without slashes at its ends; relative, so that the lake can be moved. */
	prefix: z.string(),
	columns: z.array(columnSchema),
	partitionKeys: z.array(columnSchema),
	/** Of a current table or a change log: the table at the source. */
	source: z.object({ schema: z.string(), table: z.string() }).optional(),
	/** Of the files that its columns were read from; earlier versions did not note it. */
	print: z.string().optional(),
	/** Of clicks: files that changed up to this time, in ms since 1970, have no columns but those that are here. */
	readUntil: z.number().optional(),
});

const catalogSchema = z.object({
	version: z.literal(1),
	database: z.string(),
	tables: z.array(tableSchema),
});

/** A table as the local data catalog keeps it. */
export type RegisteredTable = z.infer<typeof tableSchema>;

/** The local data catalog, `catalog.json`: what Glue's is on AWS. */
export type Catalog = z.infer<typeof catalogSchema>;

export function tableFolder(table: RegisteredTable, paths: LocalPaths): string {
	return join(paths[table.zone], table.prefix);
}

export function tableUri(table: RegisteredTable, paths: LocalPaths): string {
	return folderUri(tableFolder(table, paths));
}

/** How `catalog.json` is read. */
export const catalogFile: JsonKind<Catalog> = {
	name: "The data catalog",
	schema: catalogSchema,
	version: 1,
	remedy: () => ({ fix: "Crawl again to rebuild the catalog from the lake.", next: "pipeline-cli crawl" }),
};

/**
 * @returns undefined where nothing was crawled yet.
 * @throws PipelineError where the file is damaged.
 */
export function readCatalog(paths: LocalPaths): Promise<Catalog | undefined> {
	return readJsonFile(paths.catalog, catalogFile);
}

/** Writes the catalog where it differs from the one before. */
export async function writeCatalog(catalog: Catalog, before: Catalog | undefined, paths: LocalPaths): Promise<void> {
	if (isDeepStrictEqual(catalog, before)) return;
	await mkdir(dirname(paths.catalog), { recursive: true });
	await writeFileAtomic(paths.catalog, `${JSON.stringify(catalog, null, "\t")}\n`);
}
