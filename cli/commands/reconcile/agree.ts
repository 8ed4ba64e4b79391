import { PipelineError } from "../../common/errors.ts";
import { counted } from "../../common/grouped.ts";
import type { ComparisonPlan, Context } from "../../engines/port.ts";
import { confirm } from "../../ui/confirm.ts";
import { formatBytes } from "../../ui/format.ts";

/** Shows what is going to be asked of both sides and what it costs, and asks whether it may be. @param yes agrees beforehand. */
export async function agreeTo(
	plan: ComparisonPlan,
	{ yes, interactive }: { yes: boolean; interactive: boolean },
	{ reporter, signal }: Pick<Context, "reporter" | "signal">,
): Promise<void> {
	for (const { schema, table, source, lake, scannedBytes } of plan.statements) {
		reporter.note(`${schema}.${table}, source: ${source}`);
		if (lake !== undefined) reporter.note(`${schema}.${table}, Athena, about ${formatBytes(scannedBytes)}: ${lake}`);
	}
	const price = costText(plan);
	reporter.note(price);
	if (yes || (interactive && (await confirm("Run these statements?", signal)))) return;
	throw new PipelineError("usage", {
		what: "Nothing was compared.",
		why: `${interactive ? "The comparison was not confirmed." : "Without a terminal, the command cannot ask for confirmation."} ${price}`,
		fix: "Confirm with yes, or pass --yes. To compare only some tables, name them.",
		next: "pipeline-cli reconcile --yes",
	});
}

function costText({ statements, scannedBytes, usd }: ComparisonPlan): string {
	const some = counted(statements.length, "table");
	return `Athena scans about ${formatBytes(scannedBytes)} of ${some}, which costs $${usd.toFixed(2)} at the list price of us-east-1. Each repeated comparison of tables that differ scans up to twice as much. The jobs that update the current tables run first.`;
}
