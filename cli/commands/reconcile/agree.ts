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
		reporter.note(`${schema}.${table}, at the source: ${source}`);
		if (lake !== undefined) reporter.note(`${schema}.${table}, Athena, about ${formatBytes(scannedBytes)}: ${lake}`);
	}
	const price = costText(plan);
	reporter.note(price);
	if (yes || (interactive && (await confirm("Ask this?", signal)))) return;
	throw new PipelineError("usage", {
		what: "Nothing was compared.",
		why: `${interactive ? "You did not agree." : "There is no terminal to ask at."} ${price}`,
		fix: "Say yes, or pass --yes; name tables to compare some only.",
		next: "pipeline-cli reconcile --yes",
	});
}

function costText({ statements, scannedBytes, usd }: ComparisonPlan): string {
	const some = counted(statements.length, "table");
	return `Athena scans about ${formatBytes(scannedBytes)} of ${some}, $${usd.toFixed(2)} by the list price of us-east-1; up to twice as much again for each look at tables that differ. The jobs to the current tables run before it.`;
}
