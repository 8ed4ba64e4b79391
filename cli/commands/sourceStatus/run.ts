import chalk from "chalk";
import type { Run } from "../../command.ts";
import type { SourceStatus } from "../../engines/port.ts";
import { formatCount } from "../../ui/format.ts";
import { problemLines } from "../../ui/problem.ts";
import { describeChecks } from "../shared/checks.ts";
import type { definition } from "./definition.ts";

/** `source status`: state, rows, and every precondition of replication. */
export const run: Run<typeof definition> = async ({ localHost, context }) => {
	const host = await localHost();
	await host.requireStack();
	const source = await (await host.stack()).source();
	const status = await source.status();
	const checks = status.state === "running" ? await source.checks() : [];
	for (const { warning } of checks) if (warning !== undefined) context.reporter.warn(warning);
	const failed = checks.filter((check) => !check.ok).length;
	return {
		json: { ...status, checks },
		text: [describeStatus(status), ...(checks.length > 0 ? ["", describeChecks(checks)] : [])].join("\n"),
		...(status.state === "running" && failed === 0 ? {} : { outcome: "failure" }),
	};
};

function describeStatus(status: SourceStatus): string {
	const server = [status.version, status.address].filter(Boolean).join(" at ");
	const schemas = (status.schemas ?? []).map(
		({ schema, tables, rows }) => `  ${schema}: ${tables} tables, ${formatCount(rows)} rows`,
	);
	const { problem } = status;
	return [
		`${server}: ${status.state}`,
		...schemas,
		...(problem === undefined ? [] : problemLines(chalk.red("error:"), problem)),
	].join("\n");
}
