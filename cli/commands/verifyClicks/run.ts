import chalk from "chalk";
import { verifyClicks } from "../../actions/verify/verifyClicks.ts";
import type { Run } from "../../command.ts";
import { formatSeconds } from "../../ui/format.ts";
import { stackLine } from "../../ui/stackLine.ts";
import { checksTable } from "../shared/verification.ts";
import type { definition } from "./definition.ts";

/** `verify-clicks`: each check with its time, and the verdict. */
export const run: Run<typeof definition> = async ({ stack, context }) => {
	const report = await verifyClicks(await stack(), context);
	const latency = `From sending to raw zone ${formatSeconds(report.latency.raw)}, to queryable ${formatSeconds(report.latency.queryable)}.`;
	const verdict = report.ok
		? chalk.green(`Clicks arrive: ${report.rows.length} marked clicks are in the lake, equal.`)
		: chalk.red("The data differ: see the checks above.");
	return {
		json: report,
		text: [checksTable(report.checks), "", latency, verdict, stackLine(report.stack)].join("\n"),
		...(report.ok ? {} : { outcome: "dataDiffer" }),
	};
};
