import chalk from "chalk";
import type { Run } from "../../command.ts";
import { PipelineError } from "../../common/errors.ts";
import type { Check } from "../../engines/port.ts";
import { stackLine } from "../../ui/stackLine.ts";
import { renderTable } from "../../ui/table.ts";
import type { definition } from "./definition.ts";

/** `doctor`: every precondition of the stack's work, and how to fix those that do not hold. */
export const run: Run<typeof definition> = async ({ options, stack, localHost, context }) => {
	const found = await stack().catch((error: unknown) => {
		// Before the first start there is no stack, and what it will need can be checked all the same.
		const isNone = error instanceof PipelineError && error.outcome === "noSuchStack";
		if (isNone && /^local(-|$)/.test(options.stack ?? "local") && options.outputs === undefined) return undefined;
		throw error;
	});
	const checks = await context.reporter.task("Check", async () =>
		found === undefined ? (await localHost()).checks() : found.checks(context),
	);
	const ok = checks.every((check) => check.ok);
	const noCredentials = checks.some((check) => check.name === "credentials" && !check.ok);
	return {
		json: { ok, checks },
		text: describeChecks(found?.name ?? `${options.stack ?? "local"}, not there yet`, checks),
		...(ok ? {} : { outcome: noCredentials ? "credentials" : "failure" }),
	};
};

function describeChecks(stack: string, checks: readonly Check[]): string {
	const table = renderTable(
		[{ title: "CHECK" }, { title: "" }, { title: "FOUND" }],
		checks.map((check) => [check.name, verdict(check), check.found]),
	);
	const fixes = checks.flatMap(({ name, fix, warning }) =>
		[fix, warning].flatMap((text) => (text === undefined ? [] : [`${chalk.yellow(`${name}:`)} ${text}`])),
	);
	return [table, ...(fixes.length === 0 ? [] : ["", ...fixes]), stackLine(stack)].join("\n");
}

function verdict({ ok, checked }: Check): string {
	if (checked === false) return chalk.yellow("not checked");
	return ok ? chalk.green("ok") : chalk.red("FAILS");
}
