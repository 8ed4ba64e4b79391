import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { avroMetadata, avroRead } from "icebird";
import { z } from "zod";
import { PipelineError } from "../../../common/errors.ts";
import { fromIceberg, type IcebergType } from "../../duckdb/columnTypes.ts";
import { withTextIds } from "../../shared/icebergIds.ts";
import { latestMetadata } from "./icebergFolder.ts";

/** An Iceberg table as its current snapshot shows it. https://iceberg.apache.org/spec/ */
export interface IcebergTable {
	/** Columns of the current schema, in its order; `id` is what data files know a column by. */
	columns: { id: number; name: string; type: string }[];
	/** Absolute paths of the data files (Parquet). */
	files: string[];
}

const icebergType: z.ZodType<IcebergType> = z.lazy(() =>
	z.union([
		z.string(),
		z.object({ type: z.literal("list"), element: icebergType }),
		z.object({ type: z.literal("map"), key: icebergType, value: icebergType }),
		z.object({ type: z.literal("struct"), fields: z.array(z.object({ name: z.string(), type: icebergType })) }),
	]),
);

const metadataSchema = z.object({
	"format-version": z.literal(2),
	location: z.string(),
	"current-schema-id": z.number(),
	schemas: z.array(
		z.object({
			"schema-id": z.number(),
			fields: z.array(z.object({ id: z.number(), name: z.string(), type: icebergType })),
		}),
	),
	// Absent, null or -1 in a table that holds no row yet.
	"current-snapshot-id": z.string().nullish(),
	snapshots: z.array(z.object({ "snapshot-id": z.string(), "manifest-list": z.string() })).default([]),
});

const manifestSchema = z.object({
	manifest_path: z.string(),
	// Both are 0 in a manifest that only lists files that are gone; each MERGE leaves one.
	added_files_count: z.number().optional(),
	existing_files_count: z.number().optional(),
});

const count = z.union([z.number(), z.bigint()]).transform(Number);

const entrySchema = z.object({
	status: z.number(),
	data_file: z.object({
		content: z.number(),
		file_path: z.string(),
		file_format: z.string(),
		record_count: count,
		file_size_in_bytes: count,
	}),
});

/** A data file as the manifests describe it; `path` is absolute. */
export interface DataFile {
	path: string;
	rows: number;
	bytes: number;
}

const entryDeleted = 2;
const contentData = 0;

/**
 * Reads the current schema and the current snapshot's data files, without any extension of DuckDB's.
 * @throws PipelineError where the table is damaged, or uses what this reader does not know (delete files).
 */
export async function readIcebergTable(folder: string): Promise<IcebergTable> {
	const { path, metadata } = await readMetadata(folder);
	const schema = metadata.schemas.find((entry) => entry["schema-id"] === metadata["current-schema-id"]);
	if (schema === undefined) throw unreadable(folder, `${path} refers to a current schema that it does not contain.`);
	const columns = schema.fields.map(({ id, name, type }) => ({ id, name, type: fromIceberg(type) }));
	return { columns, files: (await currentFiles(folder, path, metadata)).map((file) => file.path) };
}

/**
 * What the manifests say of a table's files.
 * @returns the data files of the current snapshot, and paths of those that older snapshots know, too.
 * @throws PipelineError as `readIcebergTable` does.
 */
export async function icebergFiles(folder: string): Promise<{ current: DataFile[]; known: Set<string> }> {
	const { path, metadata } = await readMetadata(folder);
	const current = await currentFiles(folder, path, metadata);
	const known = new Set(current.map((file) => file.path));
	for (const snapshot of metadata.snapshots) {
		if (snapshot["snapshot-id"] === metadata["current-snapshot-id"]) continue;
		for (const { data_file } of await entriesOf(folder, metadata, snapshot)) {
			known.add(localPath(data_file.file_path, metadata.location, folder));
		}
	}
	return { current, known };
}

type Metadata = z.infer<typeof metadataSchema>;

async function readMetadata(folder: string): Promise<{ path: string; metadata: Metadata }> {
	const path = await latestMetadata(folder);
	if (path === undefined) throw unreadable(folder, "It has no metadata/v<N>.metadata.json.");
	return { path, metadata: await parseMetadata(folder, path) };
}

async function currentFiles(folder: string, path: string, metadata: Metadata): Promise<DataFile[]> {
	const current = metadata["current-snapshot-id"];
	if (current === undefined || current === null || current === "-1") return [];
	const snapshot = metadata.snapshots.find((entry) => entry["snapshot-id"] === current);
	if (snapshot === undefined)
		throw unreadable(folder, `${path} refers to a current snapshot that it does not contain.`);
	const files: DataFile[] = [];
	for (const { status, data_file } of await entriesOf(folder, metadata, snapshot)) {
		if (status === entryDeleted) continue;
		if (data_file.content !== contentData) {
			throw unreadable(folder, "It has delete files (merge-on-read), which pipeline-cli does not support.");
		}
		if (data_file.file_format.toUpperCase() !== "PARQUET") {
			throw unreadable(folder, `It has data files in ${data_file.file_format}; pipeline-cli reads only Parquet.`);
		}
		files.push({
			path: localPath(data_file.file_path, metadata.location, folder),
			rows: data_file.record_count,
			bytes: data_file.file_size_in_bytes,
		});
	}
	return files;
}

/** What a snapshot's manifests list. */
async function entriesOf(
	folder: string,
	{ location }: Metadata,
	snapshot: Metadata["snapshots"][number],
): Promise<z.infer<typeof entrySchema>[]> {
	const place = (uri: string): string => localPath(uri, location, folder);
	const manifests = (await readAvro(folder, place(snapshot["manifest-list"]), manifestSchema)).filter(
		(manifest) => manifest.added_files_count !== 0 || manifest.existing_files_count !== 0,
	);
	const entries = await Promise.all(
		manifests.map(({ manifest_path }) => readAvro(folder, place(manifest_path), entrySchema)),
	);
	return entries.flat();
}

async function parseMetadata(folder: string, path: string): Promise<z.infer<typeof metadataSchema>> {
	const text = await readFile(path, "utf8");
	let document: unknown;
	try {
		document = JSON.parse(withTextIds(text));
	} catch {
		throw unreadable(folder, `${path} is not valid JSON.`);
	}
	const parsed = metadataSchema.safeParse(document);
	if (parsed.success) return parsed.data;
	const [issue] = parsed.error.issues;
	throw unreadable(folder, `${path}: ${issue?.path.join(".")}: ${issue?.message}.`);
}

async function readAvro<T>(folder: string, path: string, schema: z.ZodType<T>): Promise<T[]> {
	try {
		const bytes = await readFile(path);
		const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
		return z.array(schema).parse(avroRead({ reader, ...avroMetadata(reader) }));
	} catch (error) {
		throw unreadable(folder, `${path} is missing or damaged.`, error);
	}
}

/** Paths in the metadata are absolute. Files below the table's location are taken from its folder, which may have moved. */
function localPath(uri: string, location: string, folder: string): string {
	const root = location.endsWith("/") ? location : `${location}/`;
	if (uri.startsWith(root)) return join(folder, uri.slice(root.length));
	return uri.startsWith("file:") ? fileURLToPath(uri) : uri;
}

function unreadable(folder: string, why: string, cause?: unknown): PipelineError {
	return new PipelineError(
		"failure",
		{
			what: `The Iceberg table in ${folder} cannot be read.`,
			why,
			fix: "Remove the folder. The jobs rebuild the table from the change log.",
			next: "pipeline-cli run-etl",
		},
		{ cause },
	);
}
