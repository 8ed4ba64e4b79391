import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { PipelineError } from "../../../common/errors.ts";
import { writeFileAtomic } from "../shared/files.ts";
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

/**
 * @returns undefined where nothing was crawled yet.
 * @throws PipelineError where the file is damaged.
 */
export async function readCatalog(paths: LocalPaths): Promise<Catalog | undefined> {
	let text: string;
	try {
		text = await readFile(paths.catalog, "utf8");
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
		throw error;
	}
	try {
		return catalogSchema.parse(JSON.parse(text));
	} catch (error) {
		throw new PipelineError(
			"failure",
			{
				what: `The data catalog ${paths.catalog} is damaged.`,
				why: "It is no catalog of this version.",
				fix: "Crawl again: the catalog is made anew from what lies in the lake.",
				next: "pipeline-cli crawl",
			},
			{ cause: error },
		);
	}
}

/** Writes the catalog where it differs from the one before. */
export async function writeCatalog(catalog: Catalog, before: Catalog | undefined, paths: LocalPaths): Promise<void> {
	if (isDeepStrictEqual(catalog, before)) return;
	await mkdir(dirname(paths.catalog), { recursive: true });
	await writeFileAtomic(paths.catalog, `${JSON.stringify(catalog, null, "\t")}\n`);
}
