import type { Pipeline, RowValues, Verification } from "../../../etl/contract/pipeline/pipeline.ts";
import { columnAction, definedTable } from "../../../etl/contract/pipeline/pipeline.ts";
import type { TableName } from "../../../etl/contract/pipeline/values.ts";
import { messageOf, PipelineError } from "../../common/errors.ts";
import { qualifiedName, quoteName } from "../../engines/mysql/quote.ts";
import type { SourceConnection } from "../../engines/port.ts";
import { heartbeatColumns, heartbeatKey, heartbeatMarker, heartbeatValues, openHeartbeat } from "./heartbeat.ts";
import { keptColumns, keyInLake, requireReplicated } from "./keptColumns.ts";
import { verificationMark } from "./markedClicks.ts";
import { columnsOf, condition, keyOf, type Selection } from "./sourceRows.ts";

/** What verify-cdc writes and follows. */
export interface Plan {
	table: TableName;
	/** Columns of the written rows. */
	written: readonly string[];
	values: readonly (readonly unknown[])[];
	/** Columns that are compared: those of the rows that come into the lake as they are, and the key's. */
	columns: readonly string[];
	/** Columns of the table that come into the lake. */
	taken: readonly string[];
	/** By which a row is found in the raw zone and in the lake. */
	key: readonly string[];
	/** By which the rows are found at the source. */
	recognised: Selection;
	/** Rows that the table has before, where it is as the sample data filled it; the rows then stay. */
	sample?: { rowCount: number };
	/** Whether a mark tells ours from all others. */
	isMarked: boolean;
	/** Whether the rows' removal is followed, too. */
	isHeartbeat: boolean;
	/** Whether the table was made for it. */
	created: boolean;
}

/** @param create makes the table of heartbeats where it is missing. */
export async function planOf(pipeline: Pipeline, source: SourceConnection, create: boolean): Promise<Plan> {
	const { verify } = pipeline;
	if (verify === undefined) throw nowhereToWrite(pipeline);
	if (verify.rows.length === 0) return heartbeatPlan(pipeline, verify.table, source, create);
	if (create) {
		throw new PipelineError("usage", {
			what: "--create creates a heartbeat table, but verify in pipeline.yaml already specifies a table and rows.",
			fix: "Leave out --create.",
			next: "pipeline-cli verify-cdc",
		});
	}
	return rowsPlan(pipeline, verify, source);
}

async function heartbeatPlan(
	pipeline: Pipeline,
	table: TableName,
	source: SourceConnection,
	create: boolean,
): Promise<Plan> {
	requireReplicated(pipeline, table, false);
	const key = keyInLake(pipeline, table, [[heartbeatKey], [heartbeatMarker]]);
	const created = await openHeartbeat(source, table, create, () => requireReplicated(pipeline, table, true));
	const mark = `${markPrefix()}-1`;
	return {
		table,
		written: heartbeatColumns,
		values: [heartbeatValues(mark)],
		columns: keptColumns(pipeline, table, heartbeatColumns),
		taken: heartbeatColumns,
		key,
		recognised: { columns: [heartbeatMarker], values: [[mark]] },
		isMarked: true,
		isHeartbeat: true,
		created,
	};
}

async function rowsPlan(pipeline: Pipeline, verify: Verification, source: SourceConnection): Promise<Plan> {
	const { table, rows, marker } = verify;
	requireReplicated(pipeline, table, false);
	const written = Object.keys(rows[0] ?? {});
	const keyed = definedTable(pipeline, table)?.primaryKey ?? (await keyOf(source, table));
	const columns = keptColumns(pipeline, table, [...written, ...keyed]);
	const isAsSeeded = await isSample(verify, keyed, source);
	const asTheyStand = rows.map((row) => written.map((name) => row[name] ?? null));
	const all = (await columnsOf(source, table)).map(({ name }) => name);
	const taken = all.filter((name) => columnAction(pipeline, table, name) !== "drop");
	const plan = { table, written, columns, taken, isMarked: false, isHeartbeat: false, created: false };
	const byValues = (names: readonly string[]): Selection => ({
		columns: names,
		values: rows.map((row) => names.map((name) => row[name] ?? null)),
	});
	const keptWritten = keptColumns(pipeline, table, written);
	const isGiven = keyed.length > 0 && keyed.every((name) => written.includes(name));
	if (isAsSeeded) {
		const known = isGiven ? keyed : marker;
		const key = keyInLake(pipeline, table, [known, marker]);
		return { ...plan, values: asTheyStand, key, recognised: byValues(known), sample: sampleOf(verify) };
	}
	const [mark] = marker;
	if (mark === undefined) {
		// Without a mark and a key that comes into the lake, a row is known by all of it that does.
		const key = keyInLake(pipeline, table, [keyed, keptWritten.length > 0 ? keptWritten : written]);
		return { ...plan, values: asTheyStand, key, recognised: byValues(isGiven ? keyed : written) };
	}
	const prefix = markPrefix();
	const values = rows.map((row, index) => marked(row, written, verify, keyed, `${prefix}-${index + 1}`));
	const marks = rows.map((_, index) => [`${prefix}-${index + 1}`]);
	const key = keyInLake(pipeline, table, [keyed, ...marker.map((name) => [name])]);
	return { ...plan, values, key, recognised: { columns: [mark], values: marks }, isMarked: true };
}

function sampleOf({ sample }: Verification): { rowCount: number } {
	return { rowCount: sample?.rowCount ?? 0 };
}

/** A row with its mark; what else the key has is left to the server. */
function marked(
	row: RowValues,
	written: readonly string[],
	{ marker }: Verification,
	key: readonly string[],
	mark: string,
): unknown[] {
	return written.map((name) => {
		if (marker.includes(name)) return mark;
		return key.includes(name) ? null : (row[name] ?? null);
	});
}

/**
 * Whether the table is as the sample data filled it, and has none of the rows yet. A table in use can have as many rows, and
 * nothing of ours may stay in it.
 */
export async function isSample(
	{ table, rows, sample }: Verification,
	key: readonly string[],
	source: SourceConnection,
): Promise<boolean> {
	const columns = Object.keys(sample?.row ?? {});
	const equal = columns.map((name) => `${quoteName(name)} = ?`).join(" AND ");
	const taken = condition({ columns: key, values: rows.map((row) => key.map((name) => row[name] ?? null)) });
	const isKnown = key.length > 0 && columns.length > 0;
	const marks = isKnown ? `, MAX(${equal}) AS sample, SUM(${taken.sql}) AS taken` : "";
	try {
		const [found] = await source.query(
			`SELECT COUNT(*) AS n${marks} FROM ${qualifiedName(table)}`,
			isKnown ? [...columns.map((name) => sample?.row[name]), ...taken.values] : [],
		);
		return (
			isKnown && Number(found?.n) === sample?.rowCount && Number(found?.sample) === 1 && Number(found?.taken) === 0
		);
	} catch (error) {
		// Ctrl-C, the timeout.
		if (error instanceof PipelineError) throw error;
		throw new PipelineError(
			"usage",
			{
				what: `verify-cdc writes to ${table.schema}.${table.table}, but cannot read it at the source.`,
				why: messageOf(error),
				fix: "Grant the source's user SELECT on it, or set verify.table in pipeline.yaml to another table. --read-only needs neither.",
				next: "pipeline-cli verify-cdc --read-only",
			},
			{ cause: error },
		);
	}
}

function nowhereToWrite({ name, schemas }: Pipeline): PipelineError {
	const [first] = schemas;
	return new PipelineError("usage", {
		what: `The definition of ${name} does not specify a table to which verify-cdc may write.`,
		fix: `Use --read-only, which writes nothing. Or specify a heartbeat table in pipeline.yaml, for example verify: { table: ${first?.name ?? "schema"}.pipeline_heartbeat }, and create it with verify-cdc --create.`,
		next: "pipeline-cli verify-cdc --read-only",
	});
}

function markPrefix(): string {
	return `${verificationMark}${Date.now()}`;
}
