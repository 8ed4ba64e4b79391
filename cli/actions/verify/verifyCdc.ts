import { isLoadFile, operations, rawColumns } from "../../../etl/contract/contract.ts";
import { PipelineError } from "../../common/errors.ts";
import type { Context, Replication, SourceConnection, Stack } from "../../engines/port.ts";
import { runEtl } from "../etl/runEtl.ts";
import { arrival } from "./arrival.ts";
import { readRawRows } from "./rawRows.ts";
import { sameRows } from "./sameRows.ts";
import {
	columns,
	countAtSource,
	ids,
	insert,
	isSampleTable,
	markers,
	newFiles,
	queryCurrent,
	type Row,
	rawKeys,
	removeRows,
	sampleRows,
	schema,
	table,
	valuesOf,
} from "./verifyRows.ts";

/** Milliseconds between looks; on AWS each look is a call that is limited in rate. */
const lookInterval = { local: 200, aws: 2000 } as const;

/** What to say where the replication brings nothing. */
const late = {
	why: "The replication says that it is running, but nothing moved.",
	fix: "See its last error and its log; give it more time with --timeout if batches close late.",
	next: "pipeline-cli replication status",
};

export interface VerifyCheck {
	name: string;
	ok: boolean;
	/** What was seen. */
	detail: string;
	/** Seconds from the commit of the rows to this proof. */
	seconds: number;
}

export interface VerifyReport {
	stack: string;
	ok: boolean;
	checks: VerifyCheck[];
	/** Rows written at the source. */
	rows: Row[];
	/** The raw files that hold them, and what they hold. */
	rawFiles: string[];
	rawRows: Record<string, string | null>[];
	/** Seconds from the commit at the source to the raw file, and to the answer of a query. */
	latency: { raw: number; queryable: number };
	/** Whether the rows were taken back afterwards. */
	removed: boolean;
}

export interface VerifyOptions {
	/** Leave marker rows at the source. The sample shop's four rows always stay, in the sample schemas. */
	keep: boolean;
}

/**
 * Writes four rows at the source and follows them to the current table: the sample shop's four rows where its table is that of the
 * sample schemas, as they were filled, else marker rows of its own, taken back afterwards.
 * @returns a report whose `ok` is false where the data differ.
 * @throws PipelineError where something never came before the signal aborted, or the replication does not run.
 */
export async function verifyCdc(stack: Stack, options: VerifyOptions, context: Context): Promise<VerifyReport> {
	const replication = await stack.replication();
	await assertRunning(replication);
	const source = await (await stack.source()).connect();
	try {
		const sample = await isSampleTable(source);
		const slugs = Array.from({ length: markers }, (_, index) =>
			sample ? `random-${index + 1}` : `pipeline-cli-verify-${Date.now()}-${index + 1}`,
		);
		const remove = !sample && !options.keep;
		try {
			const proof = await follow(stack, replication, source, slugs, sample, context);
			return { ...proof, stack: stack.name, removed: remove };
		} finally {
			if (remove) await removeRows(source, slugs);
		}
	} finally {
		await source.close();
	}
}

async function assertRunning(replication: Replication): Promise<void> {
	const status = await replication.status();
	if (status.state === "running") return;
	const failed = status.state === "failed";
	throw new PipelineError("failure", {
		what: `The replication is not running: ${status.text}.`,
		why: status.lastError ?? status.stopReason,
		fix: failed ? "Its state says what to do." : "Start it; it continues from where it was.",
		next: failed ? "pipeline-cli replication status" : "pipeline-cli replication start",
	});
}

async function follow(
	stack: Stack,
	replication: Replication,
	source: SourceConnection,
	slugs: readonly string[],
	sample: boolean,
	context: Context,
): Promise<Omit<VerifyReport, "stack" | "removed">> {
	const checks: VerifyCheck[] = [];
	const before = await inserts(replication);
	const raw = await stack.raw();
	const known = await rawKeys(raw);
	const rows = await insert(source, slugs, sample);
	const committedAt = Date.now();
	const since = (time = Date.now()): number => Math.max(0, (time - committedAt) / 1000);
	const note = (name: string, ok: boolean, detail: string): void => {
		checks.push({ name, ok, detail, seconds: since() });
	};

	const written = rows.length === markers;
	note(
		"source",
		written,
		sample ? `${table} went from ${sampleRows} to ${await countAtSource(source)} rows` : `${rows.length} marker rows`,
	);

	const statistics = { title: "table statistics", what: "inserts in the table statistics" };
	const after = await replicated(stack, replication, context, statistics, async () => {
		const count = await inserts(replication);
		return count >= before + markers ? count : undefined;
	});
	note("table statistics", sample ? after === before + markers : true, `${after - before} inserts`);

	const rawZone = { title: "raw zone", what: "a raw file with the rows" };
	const files = await replicated(stack, replication, context, rawZone, () => newFiles(raw, known, rows));
	const shown = [rawColumns.op, rawColumns.commitTime, ...columns];
	const read = files.keys.map((key, index) => readRawRows(key, files.paths[index] ?? "", shown));
	const rawRows = (await Promise.all(read)).flat();
	const mine = rawRows.filter((row) => ids(rows).includes(row.term_id ?? ""));
	note(
		"raw zone",
		sameRows(mine.filter((row) => row[rawColumns.op] === operations.insert).map(valuesOf), rows),
		`${mine.length} rows in ${files.keys.join(", ")}`,
	);
	if (sample) {
		// Through a stream, the full load is among the messages.
		const load = [...known].filter((key) => isLoadFile(key) || key.endsWith(".json.gz"));
		note("full-load file", load.length > 0, load.length > 0 ? load.join(", ") : `none in ${schema}/${table}/`);
	}

	const etl = await runEtl(stack, ["process-load", "process-cdc", "apply-changes"], context);
	note(
		"jobs",
		etl.outcome === undefined || etl.outcome === "dataQuality",
		etl.jobs.map((run) => `${run.job} ${run.state}`).join(", "),
	);

	const current = await context.reporter.task("Query the current table", () => queryCurrent(stack, rows, context));
	const queryable = since();
	note(
		"current table",
		sameRows(current.rows.map(valuesOf), rows),
		`${current.rows.length} of ${markers} rows, values compared`,
	);
	if (sample) {
		// Others may write to a table in use, so only here the counts must agree.
		const wanted = await countAtSource(source);
		note("row count", current.count === wanted, `${current.count} in the lake, ${wanted} at the source`);
	}
	return {
		ok: checks.every((check) => check.ok),
		checks,
		rows,
		rawFiles: files.keys,
		rawRows: mine,
		latency: { raw: since(files.modified.getTime()), queryable },
	};
}

/** Waits for something that replication brings; where the replication ends, says so. */
function replicated<T>(
	stack: Stack,
	replication: Replication,
	context: Context,
	awaited: { title: string; what: string },
	look: () => Promise<T | undefined>,
): Promise<T> {
	return arrival(context, { ...awaited, late }, lookInterval[stack.engine], async () => {
		const found = await look();
		if (found === undefined) await assertRunning(replication);
		return found;
	});
}

async function inserts(replication: Replication): Promise<number> {
	const found = (await replication.tables()).find((entry) => entry.schema === schema && entry.table === table);
	if (found !== undefined && found.state !== "Table error") return found.inserts;
	throw new PipelineError("failure", {
		what: `The replication does not follow the table ${schema}.${table}.`,
		why: found?.lastError,
		fix: "Reload it.",
		next: `pipeline-cli replication reload ${schema}.${table}`,
	});
}
