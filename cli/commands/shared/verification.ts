import chalk from "chalk";
import { rawColumns } from "../../../etl/contract/contract.ts";
import type { VerifyCheck, VerifyReport } from "../../actions/verify/report.ts";
import { formatSeconds } from "../../ui/format.ts";
import { stackLine } from "../../ui/stackLine.ts";
import { renderTable } from "../../ui/table.ts";

/** The rows as the raw zone has them, each check with its time, and the verdict. */
export function describeVerification(report: VerifyReport): string {
	const shown = [rawColumns.op, rawColumns.commitTime, ...report.columns];
	const rawRows = renderTable(
		shown.map((title) => ({ title })),
		report.rawRows.map((row) => shown.map((name) => row[name] ?? "NULL")),
	);
	const latency =
		report.latency === undefined
			? []
			: [
					`From the commit to the raw file: ${formatSeconds(report.latency.raw)}; until queryable: ${formatSeconds(report.latency.queryable)}.`,
				];
	const verdict = report.ok ? chalk.green(proved(report)) : chalk.red("The data differs: see the checks above.");
	const removed = report.removed ? " The marker rows were deleted at the source." : "";
	const rows = report.rawRows.length === 0 ? [] : [rawRows, ""];
	return [...rows, checksTable(report.checks), "", ...latency, `${verdict}${removed}`, stackLine(report.stack)].join(
		"\n",
	);
}

function proved({ kind, rows, table }: VerifyReport): string {
	if (kind === "rows")
		return `Changes arrive: the lake has ${rows.length} rows written at the source, with equal values.`;
	if (kind === "change") return `Changes arrive: the lake has what others changed in ${table}, with equal values.`;
	return "Nothing changed at the source during the check; each counted table has the same number of rows in the lake.";
}

/** Each check with its time. */
export function checksTable(checks: readonly VerifyCheck[]): string {
	return renderTable(
		[{ title: "CHECK" }, { title: "" }, { title: "AFTER", align: "right" }, { title: "SEEN" }],
		checks.map(({ name, ok, seconds, detail }) => [
			name,
			ok ? chalk.green("ok") : chalk.red("DIFFERS"),
			formatSeconds(seconds),
			detail,
		]),
	);
}
