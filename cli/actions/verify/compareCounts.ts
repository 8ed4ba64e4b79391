import { jobsToCurrentTables } from "../../../etl/contract/contract.ts";
import type { TableName } from "../../../etl/contract/pipeline/values.ts";
import { PipelineError } from "../../common/errors.ts";
import { counted, grouped } from "../../common/grouped.ts";
import { sleep } from "../../common/poll.ts";
import type { SourceConnection } from "../../engines/port.ts";
import { currentName } from "../currentName.ts";
import { binlogEnd, changedSince } from "./binlogChanges.ts";
import { countCurrent } from "./currentRows.ts";
import { hasRun, jobsText, noting, type Way } from "./followRows.ts";
import { runWhenFree } from "./jobsWhenFree.ts";
import { quiet } from "./quiet.ts";
import { lookInterval } from "./replicated.ts";
import type { VerifyCheck, VerifyReport } from "./report.ts";
import { countRows } from "./sourceRows.ts";

/** Rows up to which a table is counted, by the server's estimate: InnoDB reads all of them for it. */
const countable = 5_000_000;

/** Times that counts which differ are compared: the first time, some changes may not have arrived. */
const tries = 2;

/** Waits for what is on its way; where nothing moves, the counts say so after a while. */
async function arrival({ stack, context }: Way): Promise<void> {
	const arrived = await (await stack.comparison()).committed();
	const until = performance.now() + quiet[stack.engine];
	while (!(await arrived()) && performance.now() < until) await sleep(lookInterval[stack.engine], context.signal);
}

/**
 * Counts rows at the source, in one snapshot, and in the current tables.
 * @returns undefined where one of the tables changed meanwhile, so that they were not counted at one position.
 */
export async function compareCounts(way: Way, tables: readonly TableName[]): Promise<VerifyReport | undefined> {
	const startedAt = Date.now();
	for (let tried = 1; ; tried += 1) {
		const checks: VerifyCheck[] = [];
		const note = noting(checks, () => (Date.now() - startedAt) / 1000);
		const place = await binlogEnd(way.source);
		const { counts, left } = await countAtSource(way.source, tables);
		if (counts.length === 0) throw nothingCounted(left);
		const etl = await runWhenFree(way.stack, jobsToCurrentTables, way.context);
		note("jobs", hasRun(etl), jobsText(etl));
		const query = await way.query();
		const known = new Set((etl.catalog?.tables ?? []).map(({ name }) => name));
		let isDifferent = false;
		for (const { table, rows } of counts) {
			const name = currentName(way.definition, etl.catalog, table);
			const isThere = known.size === 0 || known.has(name);
			const found = isThere ? await countCurrent(query, name, way.context) : 0;
			const where = isThere ? "in the lake" : "in the lake, where it is not registered";
			if (found !== rows) isDifferent = true;
			note(
				`${table.schema}.${table.table}`,
				found === rows,
				`${counted(found, "row")} ${where}, ${grouped(rows)} at the source`,
			);
		}
		const { changed, isKnown, end } = await changedSince(way.source, place, tables);
		if (changed.length > 0 || (!isKnown && end.position !== place.position)) return undefined;
		note("position", true, `no changes to these tables since ${place.file}:${place.position}`);
		for (const table of left) note(`${table.schema}.${table.table}`, true, "not counted: too large");
		if (!isDifferent || tried === tries) return reportOf(way, checks);
		await arrival(way);
	}
}

/** No difference was found, and no proof either. */
function nothingCounted(left: readonly TableName[]): PipelineError {
	const names = left.map(({ schema, table }) => `${schema}.${table}`).join(", ");
	return new PipelineError("failure", {
		what: "No proof: no table changed during the check, and none could be counted.",
		why:
			left.length === 0
				? "Every replicated table has an error."
				: `The server estimates more than ${grouped(countable)} rows in each, too many to count: ${names}.`,
		fix:
			left.length === 0
				? "List the errors of the tables, and fix them."
				: "Repeat the command while rows are being changed, or set verify.table in pipeline.yaml to a heartbeat table.",
		next: left.length === 0 ? "pipeline-cli replication tables" : "pipeline-cli verify-cdc --read-only",
	});
}

function reportOf({ stack }: Way, checks: VerifyCheck[]): VerifyReport {
	const nothing = { columns: [], rows: [], rawFiles: [], rawRows: [], removed: false };
	const ok = checks.every((check) => check.ok);
	return { stack: stack.name, ok, kind: "counts", checks, ...nothing };
}

/** Counts in one snapshot; tables that are too large for that are left. */
async function countAtSource(
	source: SourceConnection,
	tables: readonly TableName[],
): Promise<{ counts: { table: TableName; rows: number }[]; left: TableName[] }> {
	const counts: { table: TableName; rows: number }[] = [];
	const left: TableName[] = [];
	await source.query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
	await source.query("START TRANSACTION WITH CONSISTENT SNAPSHOT");
	try {
		for (const { schema, table } of tables) {
			const name = { schema, table };
			const [size] = await source.query(
				"SELECT TABLE_ROWS AS estimate FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?",
				[schema, table],
			);
			if (Number(size?.estimate ?? 0) > countable) left.push(name);
			else counts.push({ table: name, rows: await countRows(source, name) });
		}
	} finally {
		await source.query("COMMIT");
	}
	return { counts, left };
}
