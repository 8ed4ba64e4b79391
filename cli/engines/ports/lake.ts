import type { Context } from "./context.ts";

export interface CatalogColumn {
	name: string;
	type: string;
}

export interface CatalogTable {
	name: string;
	format: "parquet" | "json" | "iceberg";
	location: string;
	columns: CatalogColumn[];
	partitionKeys: CatalogColumn[];
	/** What the crawl did with it. */
	change: "added" | "updated" | "unchanged";
}

export interface Crawlers {
	/** @param update called with what it is at, where the engine knows. */
	crawl(
		context: Context,
		update?: (detail: string) => void,
	): Promise<{ database: string; tables: CatalogTable[]; removed: string[] }>;
	/** What is registered now; nothing where there was no crawl yet. */
	registered(): Promise<{ database: string; tables: Pick<CatalogTable, "name" | "format" | "location">[] }>;
}

export interface QueryResult {
	columns: CatalogColumn[];
	/** Values ready for JSON: numbers that a double can hold, else strings; nested values as objects and arrays. */
	rows: unknown[][];
	seconds: number;
	scannedBytes?: number;
	/** Price by the list of us-east-1; absent where a query costs nothing. */
	usd?: number;
	/** Whether this is the answer to the same statement of before. */
	reused?: boolean;
}

export interface QueryOptions {
	/** Takes the answer to the same statement, where one is at most this old. Default: asks again. */
	reuseMinutes?: number;
}

export interface Query {
	/**
	 * Runs one statement that reads.
	 * @throws PipelineError with the engine's words and the place in the SQL.
	 */
	run(sql: string, context: Context, options?: QueryOptions): Promise<QueryResult>;
}

export interface StoredObject {
	/** Key below the zone's root. */
	key: string;
	size: number;
	modified: Date;
}

export interface ObjectStore {
	/** Root with a trailing slash: `s3://bucket/` or `file:///…/`. */
	readonly uri: string;
	/** Objects below a prefix, by key, or only those after a key; pages by itself. */
	list(prefix: string, after?: string): AsyncIterable<StoredObject>;
	/** A path on this machine where the object's bytes can be read; of a Parquet file, for instance. */
	fetch(key: string): Promise<string>;
	/** Removes all objects below a folder (`a/b/`), or one object, with all versions that the store keeps of them. */
	remove(prefix: string): Promise<void>;
}

/** One thing that `warehouse apply` makes sure of. */
export interface WarehouseObject {
	kind: "schema" | "view" | "role" | "user" | "grant";
	/** Qualified where it lies in a schema, for instance `analytics.sales`. */
	name: string;
}

/** Whether the warehouse can be asked. */
export interface WarehouseStatus {
	/** As Redshift names it, for instance `AVAILABLE` or `paused`. */
	state: string;
	/** For instance `dev-warehouse, Redshift serverless`. */
	text: string;
}

/**
 * The analysts' database over the lake: schema `lake` holds the catalog's tables, schema `analytics` one view for each file of
 * the definition (one SELECT, tables written `lake.<table>`, the file's name is the view's; see `warehouseViews`).
 */
export interface Warehouse {
	/**
	 * Creates what is missing and replaces what differs; safe to repeat.
	 * @returns all that is there afterwards, in the order of its making.
	 */
	apply(context: Context): Promise<WarehouseObject[]>;
	/**
	 * Runs one statement that reads.
	 * @throws PipelineError with the engine's words and, where it names one, the place in the SQL.
	 */
	query(sql: string, context: Context): Promise<QueryResult>;
}
