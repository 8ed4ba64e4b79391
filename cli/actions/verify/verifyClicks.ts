import { z } from "zod";
import { lake } from "../../../etl/contract/contract.ts";
import { type JsonKind, parseJson } from "../../common/jsonFile.ts";
import { textLines } from "../../common/textLines.ts";
import type { Context, ObjectStore, Stack } from "../../engines/port.ts";
import { runEtl } from "../etl/runEtl.ts";
import { arrival } from "./arrival.ts";
import { sameRows } from "./sameRows.ts";
import type { VerifyCheck } from "./verifyCdc.ts";

const markers = 4;
const hourMs = 3_600_000;
const columns = ["productid", "productname", "department", "price", "color", "material", "comments"] as const;
const hourColumns = ["year", "month", "day", "hour"] as const;

/** A marked click, its values in the order of `columns`. */
type Row = readonly string[];

/** Milliseconds between looks. */
const lookInterval = 1000;

/** What to say where the stream brings nothing. */
const late = {
	why: "The stream accepted them, but they were not delivered.",
	fix: "See the delivery stream's log and what is under the error prefix; a buffer is delivered after up to 15 minutes.",
	next: "pipeline-cli status",
};

export interface VerifyClicksReport {
	stack: string;
	ok: boolean;
	checks: VerifyCheck[];
	/** Clicks that were sent. */
	rows: Row[];
	/** Objects of the raw zone that hold them. */
	rawFiles: string[];
	/** Seconds from the sending to the raw zone, and to the answer of a query. */
	latency: { raw: number; queryable: number };
}

/**
 * Sends marked clicks and follows them through the raw zone to the table of clicks and the joined table. They stay in the
 * lake: a click cannot be taken back.
 * @returns a report whose `ok` is false where the data differ.
 * @throws PipelineError where something never came before the signal aborted.
 */
export async function verifyClicks(stack: Stack, context: Context): Promise<VerifyClicksReport> {
	const checks: VerifyCheck[] = [];
	const mark = `pipeline-cli-verify-${Date.now()}`;
	const rows = markedClicks(mark);
	const raw = await stack.raw();
	const sentAt = Date.now();
	const since = (time = Date.now()): number => Math.max(0, (time - sentAt) / 1000);
	const note = (name: string, ok: boolean, detail: string): void => {
		checks.push({ name, ok, detail, seconds: since() });
	};
	const known = new Set((await hourObjects(raw, sentAt)).map(({ key }) => key));

	const sent = await context.reporter.task("Send marked clicks", async () =>
		(await stack.eventStream()).send(rows.map(clickOf), context),
	);
	context.signal.throwIfAborted();
	note("stream", sent.accepted === markers && sent.lost === 0, `${sent.accepted} accepted, ${sent.lost} lost`);

	const awaited = { title: "raw zone", what: "an object with the marked clicks", late };
	const found = await arrival(context, awaited, lookInterval, () => markedObjects(raw, known, mark, sentAt));
	const same = sameRows(found.lines.map(rowOfJson), rows);
	note("raw zone", same, `${found.lines.length} of ${markers} clicks in ${found.keys.join(", ")}`);
	const rawSeconds = since(found.modified.getTime());

	await registerOnce(stack, context);
	const shown = await context.reporter.task("Query the clicks", () => queryClicks(stack, mark, context));
	const queryable = since();
	note("clickstream_data", sameRows(shown.rows, rows), `${shown.rows.length} of ${markers} rows, values compared`);
	const folders = found.keys.map((key) => key.split("/").slice(1, 5).join("/"));
	const hours = [...new Set(shown.hours)];
	note("hour", hours.length > 0 && hours.every((hour) => folders.includes(hour)), hours.join(", "));

	const etl = await runEtl(stack, ["join-tables"], context);
	note(
		"jobs",
		etl.outcome === undefined || etl.outcome === "dataQuality",
		etl.jobs.map((run) => `${run.job} ${run.state}`).join(", "),
	);
	const joined = await countJoined(stack, mark, rows, context);
	note(
		"joint_tables",
		joined.found === joined.wanted,
		`${joined.found} of ${joined.wanted} rows: clicks × order items`,
	);
	return {
		stack: stack.name,
		ok: checks.every((check) => check.ok),
		checks,
		rows,
		rawFiles: found.keys,
		latency: { raw: rawSeconds, queryable },
	};
}

function markedClicks(mark: string): Row[] {
	return Array.from({ length: markers }, (_, index) => [
		String(index + 1),
		`${mark}-${index + 1}`,
		"Verification",
		`${index + 1}.5`,
		"green",
		"Glass",
		// What a quote, a line end or a letter beyond ASCII could break on the way.
		`"quoted", two\nlines, ü ${index + 1}`,
	]);
}

function clickOf([productid, productname, department, price, color, material, comments]: Row): string {
	return JSON.stringify({
		productid: Number(productid),
		productname,
		department,
		price: Number(price),
		productDetails: { color, material, comments },
	});
}

/** How a click that was sent is read in the raw zone. */
const sentClick: JsonKind<{ productDetails: Record<string, unknown>; [name: string]: unknown }> = {
	name: "A click in the raw zone",
	schema: z.looseObject({ productDetails: z.record(z.string(), z.unknown()) }),
	remedy: () => ({
		fix: "It is not what was sent: see what else writes to the stream, and verify again.",
		next: "pipeline-cli verify-clicks",
	}),
};

function rowOfJson(line: string): Row {
	const { productDetails, ...click } = parseJson(line, line, sentClick);
	const values: Record<string, unknown> = { ...click, ...productDetails };
	return columns.map((name) => String(values[name]));
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
	if (!tables.some(({ name }) => name === "clickstream_data")) await crawlers.crawl(context);
}

async function queryClicks(stack: Stack, mark: string, context: Context): Promise<{ rows: Row[]; hours: string[] }> {
	const now = new Date().toISOString().slice(0, 10).split("-");
	const before = new Date(Date.now() - 24 * hourMs).toISOString().slice(0, 10).split("-");
	// Only the folders in question are read, which on AWS is what a query costs.
	const days = [before, now].map(
		([year, month, day]) => `(year = '${year}' AND month = '${month}' AND day = '${day}')`,
	);
	const selected = columns.map((name) =>
		["color", "material", "comments"].includes(name) ? `productdetails.${name}` : name,
	);
	const sql = `SELECT ${[...selected, ...hourColumns].join(", ")} FROM clickstream_data WHERE productname LIKE '${mark}-%' AND (${days.join(" OR ")})`;
	const { rows } = await (await stack.query()).run(sql, context);
	return {
		rows: rows.map((row) => row.slice(0, columns.length).map(String)),
		hours: rows.map((row) => row.slice(columns.length).join("/")),
	};
}

async function countJoined(
	stack: Stack,
	mark: string,
	rows: readonly Row[],
	context: Context,
): Promise<{ found: number; wanted: number }> {
	const query = await stack.query();
	const ids = rows.map(([id]) => id).join(", ");
	const items = await query.run(
		`SELECT COUNT(*) AS n FROM wp_woocommerce_order_items WHERE order_item_id IN (${ids})`,
		context,
	);
	const joined = await query.run(`SELECT COUNT(*) AS n FROM joint_tables WHERE productname LIKE '${mark}-%'`, context);
	return { found: Number(joined.rows[0]?.[0]), wanted: Number(items.rows[0]?.[0]) };
}
