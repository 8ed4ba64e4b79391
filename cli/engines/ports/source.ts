import type { Check, Problem } from "./context.ts";

export interface SourceStatus {
	state: "running" | "stopped" | "unreachable";
	/** `host:port`. */
	address: string;
	/** Server and version, for instance `MariaDB 10.11.19`; absent unless running. */
	version?: string;
	/** Why it cannot be reached. */
	problem?: Problem;
	/** Rows by schema and table; absent unless running. */
	schemas?: { schema: string; tables: number; rows: number }[];
}

export interface SourceConnection {
	/** Rows as objects; integers beyond 2^53, decimals, dates and times as strings. */
	query(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
	close(): Promise<void>;
}

export interface Source {
	status(): Promise<SourceStatus>;
	/** Every precondition of replication, also those that hold. */
	checks(): Promise<Check[]>;
	connect(): Promise<SourceConnection>;
}
