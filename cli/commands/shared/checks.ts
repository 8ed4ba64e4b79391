import chalk from "chalk";
import type { Check } from "../../engines/port.ts";
import { renderTable } from "../../ui/table.ts";

/** Each precondition of replication, then how to fix those that do not hold. */
export function describeChecks(checks: readonly Check[]): string {
	const table = renderTable(
		[{ title: "CHECK" }, { title: "" }, { title: "FOUND" }],
		checks.map((check) => [check.name, check.ok ? chalk.green("ok") : chalk.red("failed"), check.found]),
	);
	const fixes = checks.flatMap((check) => (check.ok ? [] : [`${check.name}: ${check.fix}`]));
	return [table, ...(fixes.length > 0 ? ["", ...fixes] : [])].join("\n");
}
