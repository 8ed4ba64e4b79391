import { isLoadFile, jobsToCurrentTables, operations } from "../../../etl/contract/contract.ts";
import type { Definition } from "../../../etl/definition/definition.ts";
import { counted } from "../../common/grouped.ts";
import type { Context, ObjectStore, Query, Replication, SourceConnection, Stack } from "../../engines/port.ts";
import { currentName } from "../currentName.ts";
import type { EtlResult } from "../etl/runEtl.ts";
import { ColumnNames } from "./columnNames.ts";
import { sameValues } from "./comparable.ts";
import { countCurrent, readCurrent } from "./currentRows.ts";
import { runWhenFree } from "./jobsWhenFree.ts";
import type { Plan } from "./plan.ts";
import { arrivedRows, type KnownFiles, knownFiles, type RawFiles, type RawRow } from "./rawZone.ts";
import { changesOf, replicated } from "./replicated.ts";
import type { VerifyCheck } from "./report.ts";
import { countRows, type Row } from "./sourceRows.ts";
import { nameOf, recognised, removeRows, writeRows } from "./writtenRows.ts";

/** What rows are followed through. */
export interface Way {
	stack: Stack;
	definition: Definition;
	replication: Replication;
	source: SourceConnection;
	raw: ObjectStore;
	query: () => Promise<Query>;
	context: Context;
}

export interface Proof {
	checks: VerifyCheck[];
	rows: Row[];
	rawFiles: string[];
	rawRows: RawRow[];
	latency: { raw: number; queryable: number };
}

/**
 * Writes the rows and follows them to the current table.
 * @param written called as soon as they are at the source.
 */
export async function followInsert(way: Way, plan: Plan, written: () => void): Promise<Proof> {
	const { source, raw, context } = way;
	const checks: VerifyCheck[] = [];
	// While the rows are on their way.
	await (await way.stack.jobs()).prepare?.();
	const before = await changesOf(way, plan);
	const known = await knownFiles(raw, plan.table);
	await writeRows(source, plan);
	written();
	const rows = await recognised(source, plan);
	const committedAt = Date.now();
	const since = (time = Date.now()): number => Math.max(0, (time - committedAt) / 1000);
	const note = noting(checks, since);
	const count = plan.values.length;
	const { sample } = plan;
	const names = new ColumnNames(plan.taken, way.stack.engine);

	const seen = sample === undefined ? `${rows.length} marker rows` : await growth(way, plan, sample.rowCount);
	note("source", rows.length === count, seen);

	const awaited = { title: "table statistics", what: "inserts in the table statistics" };
	const after = await replicated(way, awaited, async () => {
		const { inserts } = await changesOf(way, plan);
		return inserts >= before.inserts + count ? inserts : undefined;
	});
	const inserts = after - before.inserts;
	note("table statistics", sample === undefined || inserts === count, `${inserts} inserts`);

	const files = await arrived(way, plan, known, rows, operations.insert);
	const found = files.rows.map((row) => plan.columns.map((name) => row[names.raw(name)]));
	note("raw zone", sameValues(found, rows), `${files.rows.length} rows in ${files.keys.join(", ")}`);
	if (sample !== undefined) {
		// Through a stream, the full load is among the messages.
		const load = [...known.keys].filter((key) => isLoadFile(key) || key.endsWith(".json.gz"));
		note("full-load file", load.length > 0, load.length > 0 ? load.join(", ") : `none of ${nameOf(plan)}`);
	}

	const etl = await runWhenFree(way.stack, jobsToCurrentTables, context);
	note("jobs", hasRun(etl), jobsText(etl));

	const query = await way.query();
	const name = currentName(way.definition, etl.catalog, plan.table);
	const current = await context.reporter.task("Query the current table", () =>
		readCurrent(query, name, plan.columns, selected(plan, rows), names, context),
	);
	const queryable = since();
	note("current table", sameValues(current, rows), `${current.length} of ${count} rows, values compared`);
	if (sample !== undefined) {
		// Others may write to a table in use, so only here the counts must agree.
		const wanted = await countRows(source, plan.table);
		const there = await countCurrent(query, name, context);
		note("row count", there === wanted, `${there} in the lake, ${wanted} at the source`);
	}
	return {
		checks,
		rows,
		rawFiles: files.keys,
		rawRows: files.rows,
		latency: { raw: since(files.modified.getTime()), queryable },
	};
}

/** Takes the rows back, and follows that to the current table, too. */
export async function followDelete(way: Way, plan: Plan, rows: readonly Row[]): Promise<VerifyCheck[]> {
	const checks: VerifyCheck[] = [];
	const before = await changesOf(way, plan);
	const known = await knownFiles(way.raw, plan.table);
	await removeRows(way.source, plan);
	const committedAt = Date.now();
	const note = noting(checks, () => Math.max(0, (Date.now() - committedAt) / 1000));

	const awaited = { title: "table statistics", what: "deletes in the table statistics" };
	const after = await replicated(way, awaited, async () => {
		const { deletes } = await changesOf(way, plan);
		return deletes >= before.deletes + rows.length ? deletes : undefined;
	});
	note("delete: table statistics", true, `${after - before.deletes} deletes`);
	const files = await arrived(way, plan, known, rows, operations.delete);
	note("delete: raw zone", true, `${files.rows.length} rows in ${files.keys.join(", ")}`);
	const etl = await runWhenFree(way.stack, jobsToCurrentTables, way.context);
	note("delete: jobs", hasRun(etl), jobsText(etl));
	const name = currentName(way.definition, etl.catalog, plan.table);
	const left = await readCurrent(
		await way.query(),
		name,
		plan.columns,
		selected(plan, rows),
		new ColumnNames(plan.taken, way.stack.engine),
		way.context,
	);
	note(
		"delete: current table",
		left.length === 0,
		left.length === 0 ? "no rows left" : `${counted(left.length, "row")} left`,
	);
	return checks;
}

async function arrived(
	way: Way,
	plan: Plan,
	known: KnownFiles,
	rows: readonly Row[],
	operation: string,
): Promise<RawFiles> {
	const names = new ColumnNames(plan.taken, way.stack.engine);
	const [columns, key] = [plan.columns, plan.key].map((list) => list.map((name) => names.raw(name))) as [
		string[],
		string[],
	];
	const wanted = { table: plan.table, columns, key, keys: selected(plan, rows).values, operation };
	const awaited = { title: "raw zone", what: "a raw file that contains the rows" };
	return replicated(way, awaited, () => arrivedRows(way.raw, known, wanted));
}

/** The rows by their keys. */
function selected({ key, columns }: Plan, rows: readonly Row[]): { columns: readonly string[]; values: Row[] } {
	return { columns: key, values: rows.map((row) => key.map((name) => row[columns.indexOf(name)] ?? null)) };
}

async function growth(way: Way, plan: Plan, from: number): Promise<string> {
	return `${plan.table.table} went from ${from} to ${await countRows(way.source, plan.table)} rows`;
}

export function noting(checks: VerifyCheck[], since: () => number) {
	return (name: string, ok: boolean, detail: string): void => {
		checks.push({ name, ok, detail, seconds: since() });
	};
}

export function hasRun({ outcome }: EtlResult): boolean {
	return outcome === undefined || outcome === "dataQuality";
}

export function jobsText({ jobs }: EtlResult): string {
	return jobs.map((run) => `${run.job} ${run.state}`).join(", ");
}
