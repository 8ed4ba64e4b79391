import type { Context } from "./context.ts";

/** A table of the source that the definition chooses, or one that the lake alone has. */
export interface ComparedTable {
	schema: string;
	table: string;
	/** Rows at the source, as the server estimates them; 0 where only the lake has the table. */
	estimate: number;
	isAtSource: boolean;
	isInLake: boolean;
}

/** What is otherwise about a column. */
export interface ColumnDifference {
	column: string;
	/** For instance `missing in the lake`, `bigint, expected decimal(20,0)`. */
	what: string;
}

/**
 * `missing`: the lake lacks it; `extra`: the source does not have it; `changed`: values differ; `doubled`: the lake has it more often
 * than the source.
 */
export type DifferenceKind = "missing" | "extra" | "changed" | "doubled";

/** A row that differs. */
export interface RowDifference {
	kind: DifferenceKind;
	/** Values of the key by column; of a table without a key, of all columns. Bytes are hexadecimal digits. */
	key: Record<string, string | null>;
	/** Of a row that is changed: columns that differ. */
	columns?: Record<string, { source: string | null; lake: string | null }>;
}

export interface TableComparison {
	schema: string;
	table: string;
	rows: { source: number; lake: number };
	/** Key columns, as the source has them; empty where rows are compared as a bag. */
	key: string[];
	columns: ColumnDifference[];
	/** Columns that the definition leaves out. */
	withheld: string[];
	/** Columns that could not be compared, each with the reason: no proof of the table. */
	notCompared: ColumnDifference[];
	counts: Record<DifferenceKind, number>;
	/** The first of the rows that differ. */
	examples: RowDifference[];
	seconds: number;
	/** What the queries over the lake took, where they cost. */
	cost?: QueryCost;
}

export interface QueryCost {
	scannedBytes: number;
	/** Price by the list of us-east-1. */
	usd: number;
}

/** What a comparison is going to ask of both sides, where that costs. */
export interface ComparisonPlan extends QueryCost {
	/** Those of each table at first; where rows differ, others follow for these. */
	statements: {
		schema: string;
		table: string;
		/** In the source's SQL; it may be asked in parts. */
		source: string;
		/** In the SQL of the lake's engine; absent where the table holds no row yet. */
		lake?: string;
		scannedBytes: number;
	}[];
}

export interface CompareOptions {
	/** Pauses while the source has more than so many threads running. */
	maxLoad?: number | undefined;
	/** Compares about one row in so many, chosen by ranges of the key. */
	sample?: number | undefined;
	onProgress?: (rows: number) => void;
}

/** Rows of a table that differed, to be looked at again. */
export interface Suspects {
	/** @returns what still differs, of these rows alone; those that moved meanwhile are suspects again. */
	again(context: Context): Promise<{ comparison: TableComparison; suspects: Suspects | undefined }>;
}

/** What is looked at, besides the source against current tables. */
export type LakePart = "raw files" | "change log" | "current table" | "derived table" | "data files" | "catalog";

/** What a look at one part of the lake came to. */
export interface LakeFinding {
	part: LakePart;
	/** The table, or the file. */
	name: string;
	/** `not compared` proves nothing. */
	state: "equal" | "different" | "not compared";
	/** What was found, a sentence each; of an equal part what is worth knowing. */
	found: string[];
	/** The first of the rows that differ; `source` of their values is what was computed again. */
	examples: RowDifference[];
	/** A command that repairs it, or what to do. */
	fix?: string;
}

/** Tables of the source of which a run wrote the change log, and the current table, each as schema.table. */
export interface Touched {
	logs: ReadonlySet<string>;
	current: ReadonlySet<string>;
}

/** The parts of the lake against each other. */
export interface LakeComparison {
	/** Files against what the jobs, Iceberg's manifests, the checkpoint and the catalog say of them. Before any job: it repairs some. */
	files(context: Context): Promise<LakeFinding[]>;
	/**
	 * Raw files against change logs; what the jobs make of change logs and of current tables, against the tables that there are.
	 * @param tables current tables to look at; with all of them, derived tables, too.
	 */
	rows(tables: readonly ComparedTable[], all: boolean, context: Context): Promise<LakeFinding[]>;
	/**
	 * A cheap check behind a run of the jobs.
	 * @param withinMs about how long it may take; of tables that were not touched it then leaves some for another time.
	 * @returns what is not as it should be.
	 */
	afterRun(touched: Touched, withinMs: number, context: Context): Promise<LakeFinding[]>;
}

/** The source against the current tables. */
export interface Comparison {
	/** What is to be compared: tables that the definition chooses, and those that only the lake has. */
	tables(context: Context): Promise<ComparedTable[]>;
	/**
	 * Compares all rows of a table that both sides have.
	 * @returns `suspects` where rows differ.
	 */
	compare(
		table: ComparedTable,
		options: CompareOptions,
		context: Context,
	): Promise<{ comparison: TableComparison; suspects: Suspects | undefined }>;
	/** What comparing these tables costs where none of them differs; absent where it costs nothing. */
	plan?(tables: readonly ComparedTable[], options: CompareOptions, context: Context): Promise<ComparisonPlan>;
	/** @returns whether everything that the source has committed by now is in the raw zone, each time it is called. */
	committed(): Promise<() => Promise<boolean>>;
	/** Why the lake lacks what the source has had for long, though the replication runs; absent where its status says that. */
	behind?(): Promise<string | undefined>;
	/** Absent where the engine cannot look at all parts. */
	lake?: LakeComparison;
}
