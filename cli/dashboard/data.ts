import type { DefinedChart } from "../../etl/contract/pipeline/pipeline.ts";

/**
 * What the dashboard page shows, as one JSON document: rows small enough to be filtered in the browser, so that the page served
 * on loopback and the exported file work the same.
 */
export interface DashboardData {
	/** Name of the pipeline. */
	name: string;
	description?: string;
	stack: string;
	database: string;
	/** ISO 8601: when this document was computed. */
	computedAt: string;
	/** Seconds after which the live page asks again. */
	refreshSeconds: number;
	/** In the order of the definition. */
	charts: ShownChart[];
	/** Charts that are left out, since tables that they read are not in the catalog. */
	waiting: { title: string; tables: string[] }[];
	/** Rows of the charts' queries, by the query's file: charts of one query share them. */
	results: Record<string, ResultTable>;
	overview: Overview;
}

export interface ShownChart {
	/** Of its elements in the page. */
	id: string;
	chart: DefinedChart;
	sql: string;
	/** Why there is nothing to draw, in one line. */
	fault?: Fault;
}

export interface Fault {
	why: string;
	/** The command to run. */
	next?: string;
}

/** A query's rows, column by column. */
export interface ResultTable {
	rows: number;
	columns: ResultColumn[];
}

export type ResultColumn = NumberColumn | TextColumn;

export interface NumberColumn {
	name: string;
	kind: "number";
	/** Digits after the point: cells are whole numbers, so that the browser's sums are exact. */
	scale: number;
	cells: (number | null)[];
}

export interface TextColumn {
	name: string;
	/** `time`: the engine says that it is a date or a timestamp. */
	kind: "text" | "time";
	/** The different values, ascending. */
	texts: string[];
	/** Places in `texts`, -1 for NULL. */
	cells: number[];
}

/** A part of the overview, or why it is not there. One that cannot be read leaves the others alone. */
export type Part<T> = { ok: true; value: T } | ({ ok: false } & Fault);

/** The pipeline itself: what every one has, whatever its charts. */
export interface Overview {
	/** Up to when the tables have what happened at the source, ISO 8601; absent before the first run. */
	asOf?: string;
	/** Whether the raw zone has something newer than the tables; absent where that is not known. */
	behind?: boolean;
	/** Why the data are older than they should be, or may be, a sentence each; `at` is the moment that it ends with, ISO 8601. */
	stale: { text: string; at?: string }[];
	replication: Part<ReplicationView>;
	/** Newest first. */
	runs: Part<RunView[]>;
	/** ISO 8601; absent where no schedule is known. */
	nextRun?: string;
	tables: Part<TableView[]>;
	/** Changes at the source by the hour of their commit, over the last `changeHours`. */
	changes: ResultTable;
}

/** Hours of which changes are counted. */
export const changeHours = 48;

export interface ReplicationView {
	state: string;
	/** For instance "Load complete, replication ongoing". */
	text: string;
	/** Seconds from the commit at the source to the raw file, of the newest change. */
	latencySeconds?: number;
	lastError?: string;
}

export interface RunView {
	runId: string;
	state: "running" | "succeeded" | "failed" | "quality_failed";
	/** ISO 8601. */
	startedAt?: string;
	seconds?: number;
	rowsWritten: number;
	/** Jobs that did not succeed, each with why. */
	failures: { job: string; why: string }[];
	/** Rules that rows broke. Those of severity `error` held their table back. */
	rules: { table: string; rule: string; severity: "error" | "warn"; failedRows: number }[];
}

/** A table of the catalog; a current table and its change log are one. */
export interface TableView {
	name: string;
	/** Absent where they could not be counted. */
	rows?: number;
	/** Of its files; absent where the lake has more of them than are looked at. */
	bytes?: number;
	/** What its change log holds; absent for a table that is not replicated. */
	log?: { loaded: number; inserts: number; updates: number; deletes: number; lastHour: number; lastDay: number };
	/** Commit of the newest change that is processed, ISO 8601. */
	newest?: string;
	lineage?: Lineage;
}

/** What a table is made of, and what is made of it, as far as the definition's files say. */
export interface Lineage {
	from: Relative[];
	usedBy: Relative[];
}

export interface Relative {
	/** `source`: a table of the database; `place`: a folder of the lake; `view`: of the warehouse. */
	kind: "source" | "clicks" | "place" | "table" | "model" | "job" | "chart" | "query" | "view";
	name: string;
	/** Of a chart. */
	id?: string;
}

/** What is in a table's columns. */
export interface TableProfile {
	/** The one that was read: a current table, or a change log. */
	table: string;
	/** ISO 8601. */
	computedAt: string;
	rows: number;
	columns: ColumnProfile[];
}

/** Counts are absent where the column could not be read, values where they cannot be ordered. */
export interface ColumnProfile {
	name: string;
	type: string;
	nulls?: number;
	distinct?: number;
	least?: string;
	largest?: string;
	/** The most frequent values. */
	examples?: { value: string; rows: number }[];
	/** Why no value is shown: the definition hashes the column, or its name is one of personal data. */
	hidden?: "hashed" | "personal";
}
