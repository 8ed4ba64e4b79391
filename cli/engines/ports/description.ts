/** What `init` sees of a server, to write a first definition for it. */
export interface SourceDescription {
	/** Of the server, without a password. */
	url: string;
	/** For instance `MariaDB 10.11.19`. */
	version: string;
	/** In the order of schemas and names. */
	tables: SourceTable[];
}

export interface SourceTable {
	schema: string;
	name: string;
	/** The server's estimate; 0 only where there is none. */
	rows: number;
	/** Data and indexes. */
	bytes: number;
	columns: SourceColumn[];
	/** Key columns in order; empty where there is no primary key. */
	primaryKey: string[];
	/** Columns of a unique key that are never null. */
	uniqueKey?: string[];
	foreignKeys: ForeignKey[];
}

export interface SourceColumn {
	name: string;
	/** As information_schema words it: `varchar`, `datetime`. */
	type: string;
	nullable: boolean;
}

/** Columns that refer to as many fields of another table. */
export interface ForeignKey {
	columns: string[];
	schema: string;
	table: string;
	fields: string[];
}
