import contract from "./contract.json" with { type: "json" };
import { folderForm, rawFolderForm } from "./names.ts";

/**
 * What TypeScript and Python both have to know of the lake. `contract.json` has the values; the jobs read the same file
 * (`lakehouse/contract.py`), also on Glue, where it is packed with them.
 */

/**
 * Columns that replication adds to the source's own, in the raw zone. DMS writes them by the S3 endpoint's
 * `includeOpForFullLoad` and `timestampColumnName` and by table-mapping rules; the local replicator writes the same.
 */
export const rawColumns = {
	/** I, U or D; `I` throughout a full load. First column. */
	op: contract.rawColumns.operation,
	/** `yyyy-MM-dd HH:mm:ss.SSSSSS`, UTC: commit time of a change, transfer time of a full-load row. Second column. */
	commitTime: contract.rawColumns.commitTime,
	/** 35 digits, strictly increasing; empty in a full load. After the source's columns. */
	changeSequence: contract.rawColumns.changeSequence,
	/** Prefix of the value before an update, for key columns, or for every column of a table without a key. Last. */
	beforeImagePrefix: contract.rawColumns.beforeImagePrefix,
};

/** Columns of the change log, before the source's own. */
export const changeLogColumns = {
	/** One of `operations`. */
	op: contract.changeLogColumns.operation,
	commitTime: contract.changeLogColumns.commitTime,
	changeSequence: contract.changeLogColumns.changeSequence,
};

/**
 * Columns that clicks have at most, those of the definition and those that a crawl finds together. Each is looked up in each click: of
 * 600, queries of all columns took seconds for 50 clicks, and four times that of twice as many.
 */
export const mostClickFields = 1000;

/** Operations in the change log; the raw zone has `insert` where the change log has `load`. */
export const operations = contract.operations;

const { prefixes } = contract;

/** Prefixes below the raw and the processed zone, without a leading or trailing slash. */
export const lake = {
	clickstream: prefixes.clickstream,
	clickstreamErrors: prefixes.clickstreamErrors,
	/** Folder of the raw zone with a file `<schema>/<table>` of each table that was emptied by order: TRUNCATE, DROP, a reload. */
	cleared: prefixes.cleared,
	/** Changes that Firehose could not deliver, with their values. */
	replicationErrors: `${prefixes.clickstreamErrors}/replication`,
	/** Of a table below the raw zone. DMS takes no name with a slash; all others are folders as they are. */
	rawTable: (schema: string, table: string): string => `${rawFolderForm(schema)}/${rawFolderForm(table)}`,
	changeLog: (schema: string, table: string): string => tableFolder(schema, table),
	current: (schema: string, table: string): string => `${prefixes.current}/${tableFolder(schema, table)}`,
	model: (name: string): string => `${prefixes.models}/${name}`,
	/** Bookkeeping of the jobs: what was processed, up to where. */
	state: prefixes.state,
	tableState: (schema: string, table: string): string => `${prefixes.state}/${tableFolder(schema, table)}.json`,
	/** Who may write the lake, on S3: etl/lakehouse/run/lease.py. */
	lease: `${prefixes.state}/lease.json`,
	/** Names of the source's tables in the catalog, as the jobs gave them. */
	tableNames: `${prefixes.state}/names.json`,
	/** By which rules of the definition the tables were loaded, on AWS. */
	appliedRules: `${prefixes.state}/replication-rules.json`,
	/** Reports of the jobs' runs. */
	runs: prefixes.runs,
	report: (runId: string, job: string): string => `${prefixes.runs}/${runId}/${job}.json`,
	/** Folder of what somebody should know of bad data and was not sent yet: a text a job of a run. */
	unsentNotices: `${prefixes.runs}/${contract.runs.attention}/${contract.runs.unsent}`,
	/** What the jobs wrote and have not checked yet. */
	staging: prefixes.staging,
	/** Files that the jobs make of messages from Kinesis. */
	stream: prefixes.stream,
	/** What can be read of damaged click files, on one machine; a name that no engine and no job reads. */
	salvaged: "_salvaged",
	/** Folders that hold folders of tables, beside those that a definition's jobs write. */
	roots: { current: prefixes.current, models: prefixes.models },
};

const takenFolders = {
	processed: [...Object.values(lake.roots), lake.state, lake.runs, lake.staging, lake.stream],
	raw: [lake.clickstream, lake.clickstreamErrors, lake.cleared],
};

/** The zone that has a folder of a schema's name for something else. Some disks do not tell capital letters from small ones. */
export function zoneWithFolder(schema: string): "raw" | "processed" | undefined {
	const name = schema.toLowerCase();
	return (["processed", "raw"] as const).find((zone) => takenFolders[zone].includes(name));
}

function tableFolder(schema: string, table: string): string {
	return `${folderForm(schema)}/${folderForm(table)}`;
}

/** Extension of files of rows. */
export const parquetExtension = contract.rawFiles.extension;

/** Name of the nth file of a full load, from 1. */
export function loadFile(number: number): string {
	const { loadPrefix, loadDigits, extension } = contract.rawFiles;
	return `${loadPrefix}${number.toString(16).toUpperCase().padStart(loadDigits, "0")}${extension}`;
}

const loadPattern = new RegExp(contract.rawFiles.loadPattern);

/** Whether a file of the raw zone belongs to a full load. @param path ends with its name. */
export function isLoadFile(path: string): boolean {
	return loadPattern.test(path.slice(path.lastIndexOf("/") + 1));
}

/** Name of a file of changes. @param time milliseconds since 1970. */
export function changeFile(time: number): string {
	const digits = new Date(time).toISOString().replace(/\D/g, "");
	return `${digits.slice(0, 8)}-${digits.slice(8, 17)}${contract.rawFiles.extension}`;
}

/** Names of tables in the catalog that neither come from the source nor are made by jobs. */
export const catalogTables = { clickstream: contract.catalog.clickstream };

/** Name of the catalog's database: one a stack, so that SQL runs unchanged everywhere. */
export function databaseName(stack: string): string {
	return `${contract.catalog.databasePrefix}${stack.toLowerCase().replaceAll(/[^a-z0-9_]/g, "_")}`;
}

const { changeLogSuffix } = contract.catalog;

/** Name in the catalog of a current table's change log. */
export function changeLogName(table: string): string {
	return `${table}${changeLogSuffix}`;
}

/** What a change log's partitions are called: the second name is for a table that has a column of the first. */
export const batchKeys = { usual: prefixes.batch.replace("=", ""), own: contract.catalog.ownBatch };

/** Name of the current table of a change log in the catalog; undefined for any other table. */
export function currentTableOf(name: string): string | undefined {
	return name.endsWith(changeLogSuffix) ? name.slice(0, -changeLogSuffix.length) : undefined;
}

/** Jobs that every pipeline has, in their order: from the raw zone to the current tables, then models. */
export const builtInJobs: readonly string[] = contract.jobs.builtIn;

/** Of these, those from the raw zone to the current tables. */
export const jobsToCurrentTables = builtInJobs.slice(0, builtInJobs.indexOf("apply-changes") + 1);

/** How a job's run ended, as its report says. */
export type ReportState = keyof typeof contract.jobs.exitCodes;

/** Exit codes of a job script; `quality_failed`: its data broke a quality rule or came in broken files. */
export const jobExitCodes: Readonly<Record<ReportState, number>> = contract.jobs.exitCodes;

/** Default names of the delivery streams, on AWS and on the local stack. */
export const streamNames = contract.streams;
