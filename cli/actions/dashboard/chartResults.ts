import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { nearNames } from "../../../etl/contract/pipeline/nearNames.ts";
import type { DefinedChart } from "../../../etl/contract/pipeline/pipeline.ts";
import { tableReferences } from "../../../etl/definition/tableReferences.ts";
import { errorCode, PipelineError } from "../../common/errors.ts";
import type { DashboardData, Fault, Part, ResultTable, ShownChart } from "../../dashboard/data.ts";
import type { Context, Query } from "../../engines/port.ts";
import { faultOf, part } from "./fault.ts";
import { resultTable } from "./resultTable.ts";

/** Rows of a chart's query that a page takes: beyond them it is slow, and an exported file large. */
export const mostRows = 50_000;

interface Catalog {
	database: string;
	tables: readonly { name: string }[];
}

/** The charts with the rows of their queries; each query is asked once, however many charts show it. */
export async function chartResults(
	charts: readonly DefinedChart[],
	folder: string,
	catalog: Catalog,
	query: Query,
	context: Context,
): Promise<Pick<DashboardData, "charts" | "waiting" | "results">> {
	const files = [...new Set(charts.map((chart) => chart.query))];
	const found = new Map(
		await Promise.all(
			files.map(async (file) => {
				const measured = charts.filter((chart) => chart.query === file).flatMap(measuredColumns);
				return [file, await answerOf(file, folder, new Set(measured), catalog, query, context)] as const;
			}),
		),
	);
	const shown: ShownChart[] = [];
	const waiting: DashboardData["waiting"] = [];
	const results: Record<string, ResultTable> = {};
	const ids = new Set<string>();
	for (const chart of charts) {
		const answer = found.get(chart.query);
		if (answer === undefined) continue;
		if (answer.missing.length > 0) {
			waiting.push({ title: chart.title, tables: answer.missing });
			continue;
		}
		const { rows } = answer;
		const fault = rows.ok
			? columnFault(chart, rows.value)
			: { why: rows.why, ...(rows.next !== undefined && { next: rows.next }) };
		if (rows.ok) results[chart.query] = rows.value;
		shown.push({ id: idOf(chart.title, ids), chart, sql: answer.sql, ...(fault !== undefined && { fault }) });
	}
	return { charts: shown, waiting, results };
}

interface Answer {
	sql: string;
	/** Tables that the catalog does not have. */
	missing: string[];
	rows: Part<ResultTable>;
}

async function answerOf(
	file: string,
	folder: string,
	measured: ReadonlySet<string>,
	catalog: Catalog,
	query: Query,
	context: Context,
): Promise<Answer> {
	let sql: string;
	try {
		sql = await readFile(join(folder, file), "utf8");
	} catch (error) {
		return { sql: "", missing: [], rows: { ok: false, ...faultOf(unreadable(file, error)) } };
	}
	const missing = missingTables(sql, catalog);
	if (missing.length > 0) return { sql, missing, rows: { ok: false, why: "" } };
	const rows = await part(context, async () => {
		const result = await query.run(sql, context);
		if (result.rows.length > mostRows) throw tooMany(result.rows.length);
		return resultTable(result, measured);
	});
	return { sql, missing: [], rows };
}

/** Tables of the statement that are not in the catalog, in its own database. */
function missingTables(sql: string, { database, tables }: Catalog): string[] {
	const known = new Set(tables.map(({ name }) => name.toLowerCase()));
	const wanted = tableReferences(sql).flatMap(({ parts }) => {
		const [table = "", schema] = parts.toReversed();
		const isHere = schema === undefined || schema.toLowerCase() === database.toLowerCase();
		return isHere && !known.has(table.toLowerCase()) ? [table] : [];
	});
	return [...new Set(wanted)].sort();
}

/** Columns whose values are calculated with. */
function measuredColumns({ type, y, aggregates }: DefinedChart): string[] {
	return type === "table" ? [] : y.filter((name) => aggregates[name] !== "count_distinct");
}

function columnFault(chart: DefinedChart, table: ResultTable): Fault | undefined {
	const present = table.columns.map(({ name }) => name);
	const named = [chart.x, chart.series, ...chart.y, ...chart.filters].flatMap((name) => name ?? []);
	const missing = named.find((name) => !present.includes(name));
	if (missing !== undefined) {
		const [near] = nearNames(missing, present);
		const hint = near === undefined ? "" : ` Did you mean ${near}?`;
		return { why: `The query returns no column ${missing}. Its columns: ${present.join(", ")}.${hint}` };
	}
	if (table.rows === 0) return undefined;
	const text = chart.y.find((name) => {
		const how = chart.aggregates[name] ?? "sum";
		const isNumber = table.columns.find((column) => column.name === name)?.kind === "number";
		if (isNumber || how === "count_distinct" || chart.type === "table") return false;
		return chart.type !== "number" || how === "sum" || how === "average";
	});
	if (text === undefined) return undefined;
	return {
		why: `The column ${text} is not numeric, so the chart cannot plot it. Cast it in the query, or set aggregate to count_distinct.`,
	};
}

/** A name for the page's elements: of the title, and different from all others. */
function idOf(title: string, taken: Set<string>): string {
	const plain = title
		.toLowerCase()
		.replaceAll(/[^a-z0-9]+/g, "-")
		.replaceAll(/^-|-$/g, "");
	const base = plain === "" ? "chart" : plain;
	let id = base;
	for (let count = 2; taken.has(id); count++) id = `${base}-${count}`;
	taken.add(id);
	return id;
}

function unreadable(file: string, error: unknown): PipelineError {
	const what = errorCode(error) === "ENOENT" ? `The file ${file} does not exist.` : `${file} cannot be read.`;
	return new PipelineError("usage", { what, fix: "Use an SQL file in the pipeline's folder." });
}

function tooMany(rows: number): PipelineError {
	return new PipelineError("usage", {
		what: `The query returns ${rows.toLocaleString("en-US")} rows; a chart can show at most ${mostRows.toLocaleString("en-US")}.`,
		why: "Aggregate them in the query by x, series and filters.",
	});
}
