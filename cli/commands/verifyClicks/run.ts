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
	const latency = `From sending to the raw zone: ${formatSeconds(report.latency.raw)}; until queryable: ${formatSeconds(report.latency.queryable)}.`;
	const verdict = report.ok
		? chalk.green(`Clicks arrive: the lake has ${report.rows.length} marked clicks, with equal values.`)
		: chalk.red("The data differs: see the checks above.");
	return {
		json: report,
		text: [checksTable(report.checks), "", latency, verdict, stackLine(report.stack)].join("\n"),
		...(report.ok ? {} : { outcome: "dataDiffer" }),
	};
};
