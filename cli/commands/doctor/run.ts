import chalk from "chalk";
import type { Run } from "../../command.ts";
import { NoSuchStack } from "../../common/errors.ts";
import type { Check } from "../../engines/port.ts";
import { stackLine } from "../../ui/stackLine.ts";
import { renderTable } from "../../ui/table.ts";
import type { definition } from "./definition.ts";

/** `doctor`: every precondition of the stack's work, and how to fix those that do not hold. */
export const run: Run<typeof definition> = async ({ options, stack, localHost, context }) => {
	const found = await stack().catch((error: unknown) => {
		// Before the first start there is no local stack, and what it will need can be checked all the same.
		if (error instanceof NoSuchStack && options.outputs === undefined && mayComeHere(error.wanted)) return error;
		throw error;
	});
	const missing = found instanceof NoSuchStack ? found : undefined;
	const { name, checks } = await context.reporter.task("Check", async () => {
		if (!(found instanceof NoSuchStack)) return { name: found.name, checks: await found.checks(context) };
		const host = await localHost();
		return { name: host.name, checks: await host.checks() };
	});
	const ok = checks.every((check) => check.ok);
	const noCredentials = checks.some((check) => check.name === "credentials" && !check.ok);
	return {
		json: { stack: name, ok, ...(missing && { stackExists: false }), checks },
		text: describeChecks(missing === undefined ? name : notThere(name, missing.known), checks),
		...(ok ? {} : { outcome: noCredentials ? "credentials" : "failure" }),
	};
};

/** Whether a stack that is not there yet would be one on this machine, as `up` makes it; one on AWS needs other things. */
function mayComeHere(name: string | undefined): boolean {
	return name === undefined || /^local(-|$)/.test(name);
}

function notThere(name: string, known: readonly string[]): string {
	return `${name}, not created yet${known.length === 0 ? "" : `; existing stacks: ${known.join(", ")}`}`;
}

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
