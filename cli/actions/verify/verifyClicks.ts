import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { catalogTables, lake } from "../../../etl/contract/contract.ts";
import type { Definition } from "../../../etl/definition/definition.ts";
import type { NamedQuery } from "../../../etl/definition/namedQueries.ts";
import { PipelineError } from "../../common/errors.ts";
import { type JsonKind, parseJson } from "../../common/jsonFile.ts";
import { textLines } from "../../common/textLines.ts";
import { quoteName } from "../../engines/duckdb/quote.ts";
import type { Context, ObjectStore, Stack } from "../../engines/port.ts";
import { definedClicks } from "../clicks/definedClicks.ts";
import { arrival } from "./arrival.ts";
import { hasRun, jobsText } from "./followRows.ts";
import { runWhenFree } from "./jobsWhenFree.ts";
import { type MarkedClicks, markedClicks, shown, shownValue, verificationMark } from "./markedClicks.ts";
import type { VerifyCheck } from "./report.ts";
import { sameRows } from "./sameRows.ts";

const markers = 4;
const hourMs = 3_600_000;
const hourColumns = ["year", "month", "day", "hour"] as const;

/** Milliseconds between looks. */
const lookInterval = 1000;

/** What to say where the stream brings nothing. */
const late = {
	why: "The stream accepted the clicks, but they were not delivered.",
	fix: "Check the delivery stream's log and the objects under the error prefix. A buffer can take up to 15 minutes to be delivered.",
	next: "pipeline-cli status",
};

export interface VerifyClicksReport {
	stack: string;
	ok: boolean;
	checks: VerifyCheck[];
	/** Fields that were compared, and their values in the clicks that were sent. */
	columns: string[];
	rows: string[][];
	/** Objects of the raw zone that hold them. */
	rawFiles: string[];
	/** Seconds from the sending to the raw zone, and to the answer of a query. */
	latency: { raw: number; queryable: number };
}

/**
 * Sends marked clicks of the definition's fields and follows them through the raw zone to the table of clicks; then runs the jobs
 * that read clicks, and asks the definition's check of what they made. The clicks stay in the lake: one cannot be taken back.
 * @returns a report whose `ok` is false where the data differ.
 * @throws PipelineError where something never came before the signal aborted.
 */
export async function verifyClicks(stack: Stack, context: Context): Promise<VerifyClicksReport> {
	const definition = await stack.definition();
	const mark = `${verificationMark}${Date.now()}`;
	const clicks = markedClicks(definedClicks(definition).schema, mark, markers);
	const rows = clicks.records.map((click) => clicks.fields.map((field) => shownValue(click, field)));
	const checks: VerifyCheck[] = [];
	const raw = await stack.raw();
	const sentAt = Date.now();
	const since = (time = Date.now()): number => Math.max(0, (time - sentAt) / 1000);
	const note = (name: string, ok: boolean, detail: string): void => {
		checks.push({ name, ok, detail, seconds: since() });
	};
	const known = new Set((await hourObjects(raw, sentAt)).map(({ key }) => key));

	const sent = await context.reporter.task("Send marked clicks", async () =>
		(await stack.eventStream()).send(
			clicks.records.map((click) => JSON.stringify(click)),
			context,
		),
	);
	context.signal.throwIfAborted();
	note("stream", sent.accepted === markers && sent.lost === 0, `${sent.accepted} accepted, ${sent.lost} lost`);

	const awaited = { title: "raw zone", what: "an object that contains the marked clicks", late };
	const found = await arrival(context, awaited, lookInterval, () => markedObjects(raw, known, mark, sentAt));
	note(
		"raw zone",
		areSent(found.lines, clicks),
		`${found.lines.length} of ${markers} clicks in ${found.keys.join(", ")}`,
	);
	const rawSeconds = since(found.modified.getTime());

	await registerOnce(stack, context);
	const asked = await context.reporter.task("Query the clicks", () => queryClicks(stack, mark, clicks, context));
	const queryable = since();
	note(
		catalogTables.clickstream,
		sameRows(asked.rows, rows),
		`${asked.rows.length} of ${markers} rows, values compared`,
	);
	const folders = found.keys.map((key) => key.split("/").slice(1, 5).join("/"));
	const hours = [...new Set(asked.hours)];
	note("hour", hours.length > 0 && hours.every((hour) => folders.includes(hour)), hours.join(", "));

	const readers = readersOf(definition);
	if (readers.length > 0) {
		const etl = await runWhenFree(stack, readers, context);
		note("jobs", hasRun(etl), jobsText(etl));
	}
	const check = definition.clicks?.check;
	if (check !== undefined) {
		const { found: made, expected } = await ask(stack, check, mark, context);
		note(check.name, made === expected, `${made} of ${expected} rows: ${check.title}`);
	}
	return {
		stack: stack.name,
		ok: checks.every(({ ok }) => ok),
		checks,
		columns: clicks.fields.map(({ path }) => path.join(".")),
		rows,
		rawFiles: found.keys,
		latency: { raw: rawSeconds, queryable },
	};
}

/** Names of the jobs that read clicks. */
function readersOf({ jobs }: Definition): string[] {
	return jobs
		.filter(({ reads }) => reads.some(({ zone, prefix }) => zone === "raw" && prefix === lake.clickstream))
		.map(({ name }) => name);
}

/** The definition's check of what jobs made of the marked clicks. */
async function ask(
	stack: Stack,
	check: NamedQuery,
	mark: string,
	context: Context,
): Promise<{ found: number; expected: number }> {
	const query = await stack.query();
	const { columns, rows } = await query.run(check.sql.replaceAll("{{mark}}", mark), context);
	const at = (name: string): number => columns.findIndex((column) => column.name.toLowerCase() === name);
	const [found, expected] = ["found", "expected"].map((name) => Number(rows[0]?.[at(name)] ?? Number.NaN));
	if (rows.length === 1 && found !== undefined && expected !== undefined && Number.isFinite(found + expected)) {
		return { found, expected };
	}
	throw new PipelineError("usage", {
		what: `The click check ${check.name}.sql did not return one row with numbers in the columns found and expected.`,
		why: `It returned ${rows.length} rows with the columns ${columns.map(({ name }) => name).join(", ")}.`,
		fix: "Correct the query that clicks.check in pipeline.yaml names.",
		next: "pipeline-cli verify-clicks",
	});
}

/** How a click that was sent is read in the raw zone. */
const sentClick: JsonKind<Record<string, unknown>> = {
	name: "A click in the raw zone",
	schema: z.record(z.string(), z.unknown()),
	remedy: () => ({
		fix: "It is not a click that was sent: check what else writes to the stream, then verify again.",
		next: "pipeline-cli verify-clicks",
	}),
};

/** Whether lines are the clicks that were sent, each of them once, whole. */
function areSent(lines: readonly string[], { records }: MarkedClicks): boolean {
	const found = lines.map((line) => parseJson(line, line, sentClick));
	const counted = (record: unknown): number => found.filter((click) => isDeepStrictEqual(click, record)).length;
	return found.length === records.length && records.every((record) => counted(record) === 1);
}

/** Objects of the hours since the sending; a buffer belongs to the hour in which it was begun. */
async function hourObjects(raw: ObjectStore, sentAt: number): Promise<{ key: string; modified: Date }[]> {
	const found: { key: string; modified: Date }[] = [];
	for (let hour = sentAt - hourMs; hour < Date.now() + hourMs; hour += hourMs) {
		const [year, month, day, hours] = new Date(hour).toISOString().split(/[-T:.]/);
		for await (const object of raw.list(`${lake.clickstream}/${year}/${month}/${day}/${hours}/`)) found.push(object);
	}
	return found;
}

/** The objects that came since, once together they hold all the clicks. */
async function markedObjects(
	raw: ObjectStore,
	known: Set<string>,
	mark: string,
	sentAt: number,
): Promise<{ keys: string[]; lines: string[]; modified: Date } | undefined> {
	const found = { keys: [] as string[], lines: [] as string[], modified: new Date(0) };
	for (const { key, modified } of await hourObjects(raw, sentAt)) {
		if (known.has(key)) continue;
		const lines: string[] = [];
		for await (const line of textLines(await raw.fetch(key), key.endsWith(".gz")))
			if (line.includes(mark)) lines.push(line);
		if (lines.length === 0) {
			known.add(key);
			continue;
		}
		found.keys.push(key);
		found.lines.push(...lines);
		if (modified > found.modified) found.modified = modified;
	}
	return found.lines.length >= markers ? found : undefined;
}

/** Once the table is registered, hours come by themselves. */
async function registerOnce(stack: Stack, context: Context): Promise<void> {
	const crawlers = await stack.crawlers();
	const { tables } = await crawlers.registered();
	if (tables.some(({ name }) => name === catalogTables.clickstream)) return;
	await context.reporter.task("Crawl", (update) => crawlers.crawl(context, update));
}

async function queryClicks(
	stack: Stack,
	mark: string,
	{ fields, marked }: MarkedClicks,
	context: Context,
): Promise<{ rows: string[][]; hours: string[] }> {
	const now = new Date().toISOString().slice(0, 10).split("-");
	const before = new Date(Date.now() - 24 * hourMs).toISOString().slice(0, 10).split("-");
	// Only the folders in question are read, which on AWS is what a query costs.
	const days = [before, now].map(
		([year, month, day]) => `(year = '${year}' AND month = '${month}' AND day = '${day}')`,
	);
	// Names in the catalog are lower case.
	const sqlOf = (path: readonly string[]): string => path.map((name) => quoteName(name.toLowerCase())).join(".");
	const selected = [...fields.map(({ path }) => sqlOf(path)), ...hourColumns];
	const sql = `SELECT ${selected.join(", ")} FROM ${catalogTables.clickstream} WHERE ${sqlOf(marked.path)} LIKE '${mark}-%' AND (${days.join(" OR ")})`;
	const { rows } = await (await stack.query()).run(sql, context);
	return {
		rows: rows.map((row) => fields.map(({ type }, index) => shown(row[index], type))),
		hours: rows.map((row) => row.slice(fields.length).join("/")),
	};
}
