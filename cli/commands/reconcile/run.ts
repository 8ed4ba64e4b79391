import { writeFile } from "node:fs/promises";
import chalk from "chalk";
import { reconcile } from "../../actions/reconcile/reconcile.ts";
import { repair } from "../../actions/reconcile/repair.ts";
import {
	changesText,
	differingRows,
	differs,
	foundText,
	keyText,
	nameOf,
	notable,
	type ReconciledTable,
	type ReconcileReport,
	rowText,
} from "../../actions/reconcile/report.ts";
import { reportPage } from "../../actions/reconcile/reportPage.ts";
import type { Run } from "../../command.ts";
import { counted, grouped } from "../../common/grouped.ts";
import { requirePlaceFor, unwritable } from "../../common/resultFile.ts";
import type { ComparisonPlan } from "../../engines/port.ts";
import { confirm } from "../../ui/confirm.ts";
import { formatBytes, formatSeconds } from "../../ui/format.ts";
import { stackLine } from "../../ui/stackLine.ts";
import { renderTable } from "../../ui/table.ts";
import { agreeTo } from "./agree.ts";
import type { definition } from "./definition.ts";

/** Rows of a table that are shown; the JSON and the page have more. */
const mostShown = 5;

export const run: Run<typeof definition> = async ({ args, options, stack, context, interactive }) => {
	if (options.html !== undefined) await requirePlaceFor(options.html);
	const found = await stack();
	const { maxLoad, sample, deep, yes } = options;
	const agree = (plan: ComparisonPlan): Promise<void> => agreeTo(plan, { yes, interactive }, context);
	const wanted = { tables: args.tables, maxLoad, sample, deep, agree };
	let report = await reconcile(found, wanted, context);
	const different = report.tables.filter(({ state }) => state === "different").map(nameOf);
	let unrepaired: string[] = [];
	if (options.repair && different.length > 0) {
		const agreed = yes || (interactive && (await confirm(`Reload ${different.join(", ")}?`, context.signal)));
		if (agreed) report = await repair(found, report, wanted, context);
		else unrepaired = different;
	}
	if (options.html !== undefined) await writePage(options.html, report);
	return {
		json: report,
		text: describe(report, unrepaired),
		...(report.ok ? {} : { outcome: differs(report) ? "dataDiffer" : "failure" }),
	};
};

async function writePage(file: string, report: ReconcileReport): Promise<void> {
	try {
		await writeFile(file, reportPage(report, new Date()));
	} catch (error) {
		throw unwritable(file, error);
	}
}

function describe(report: ReconcileReport, unrepaired: readonly string[]): string {
	const rows = report.tables.map((one) => [
		nameOf(one),
		one.rows === undefined ? "" : grouped(one.rows.source),
		one.rows === undefined ? "" : grouped(one.rows.lake),
		shownState(one),
		one.seconds === undefined ? "" : formatSeconds(one.seconds),
		foundText(one),
	]);
	const columns = [
		{ title: "TABLE" },
		{ title: "SOURCE", align: "right" as const },
		{ title: "LAKE", align: "right" as const },
		{ title: "" },
		{ title: "TOOK", align: "right" as const },
		{ title: "FOUND" },
	];
	const parts = [renderTable(columns, rows), ...report.tables.flatMap(examples), ...lakeParts(report), ""];
	if (report.repaired !== undefined) parts.push(`Reloaded: ${report.repaired.join(", ")}.`);
	const notes =
		unrepaired.length === 0
			? []
			: ["Nothing was reloaded, because the reload was not confirmed. To confirm it: --yes."];
	const { cost } = report;
	const took = cost === undefined ? [] : [`Athena scanned ${formatBytes(cost.scannedBytes)}, $${cost.usd.toFixed(5)}.`];
	return [...parts, verdict(report), ...took, ...notes, stackLine(report.stack)].join("\n");
}

function shownState({ state }: ReconciledTable): string {
	if (state === "equal") return chalk.green(state);
	return state === "different" ? chalk.red("DIFFERS") : chalk.yellow(state);
}

function examples(one: ReconciledTable): string[] {
	const shown = (one.examples ?? []).slice(0, mostShown);
	if (shown.length === 0) return [];
	const more = differingRows(one) - shown.length;
	const rest = more > 0 ? [`  and ${counted(more, "row")} more: --json and --html have up to 100`] : [];
	return [
		"",
		nameOf(one),
		...shown.map((row) => `  ${[`${row.kind}: ${keyText(row)}`, changesText(row)].filter(Boolean).join("; ")}`),
		...rest,
	];
}

function lakeParts(report: ReconcileReport): string[] {
	return notable(report).flatMap(({ part, name, state, found, fix, examples: rows }) => {
		const [what, ...more] = found;
		const shown = rows.slice(0, mostShown).map(rowText);
		const title = `${state === "different" ? chalk.red(part) : chalk.yellow(part)} ${name}: ${what}`;
		const repair = fix === undefined ? [] : [`  To repair it: ${fix}`];
		return ["", title, ...[...more, ...shown].map((line) => `  ${line}`), ...repair];
	});
}

function verdict(report: ReconcileReport): string {
	const { ok, tables, behind, sample, lake } = report;
	const rows = tables.reduce((total, one) => total + (one.rows?.source ?? 0), 0);
	const all = sample === undefined ? "" : ` (a sample: about one row of ${grouped(sample)})`;
	if (ok)
		return chalk.green(
			`The lake equals the source: ${counted(tables.length, "table")}, ${counted(rows, "row")} compared${all}${lake === undefined ? "" : `; ${counted(lake.length, "part")} of the lake agree`}.`,
		);
	const late = behind === undefined ? "" : ` The lake may be behind the source, because ${behind}.`;
	const different = tables.filter(({ state }) => state === "different").length;
	if (different > 0)
		return chalk.red(
			`${counted(different, "table")} of ${grouped(tables.length)} ${different === 1 ? "differs" : "differ"}.${late}`,
		);
	if (differs(report)) return chalk.red(`The tables equal the source, but the lake is damaged.${late}`);
	return chalk.red(`No differences found, but not everything could be compared.${late}`);
}
