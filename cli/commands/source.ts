import chalk from "chalk";
import type { Command } from "../command.ts";
import { LocalSource } from "../engines/local/source/localSource.ts";
import { seedSource } from "../engines/local/source/seed/seed.ts";
import { startPrivateSource, stopSource } from "../engines/local/source/up.ts";
import type { Check, SourceStatus } from "../engines/port.ts";
import { formatCount, formatSeconds } from "../ui/format.ts";
import { renderTable } from "../ui/table.ts";

export const sourceUp: Command = async ({ options, context }) => {
	const result = await startPrivateSource(context, {
		port: options.port as number | undefined,
		schemas: options.schema as string[] | undefined,
	});
	return {
		json: result,
		text: `The private MariaDB at ${result.address}: ${result.action}.`,
	};
};

export const sourceDown: Command = async ({ context }) => {
	const state = await stopSource(context);
	const text = {
		stopped: "The private MariaDB is stopped; its data stays.",
		"not running": "The private MariaDB is not running.",
		"not ours": "The source is a server of your own; it is left as it is.",
	}[state];
	return { json: { state }, text };
};

export const sourceStatus: Command = async ({ context }) => {
	const source = new LocalSource();
	const status = await source.status();
	const checks = status.state === "running" ? await source.checks() : [];
	for (const { warning } of checks) if (warning !== undefined) context.reporter.warn(warning);
	const failed = checks.filter((check) => !check.ok).length;
	return {
		json: { ...status, checks },
		text: [describeStatus(status), ...(checks.length > 0 ? ["", describeChecks(checks)] : [])].join("\n"),
		...(status.state === "running" && failed === 0 ? {} : { outcome: "failure" as const }),
	};
};

export const sourceSeed: Command = async ({ options, context }) => {
	const result = await seedSource(context, {
		seed: options.seed as number,
		scale: options.scale as number,
		reset: options.reset === true,
		yes: options.yes === true,
	});
	const lines = result.schemas.map(
		({ schema, tables, rows }) => `${schema}: ${tables} tables, ${formatCount(rows)} rows`,
	);
	return { json: result, text: [...lines, chalk.dim(`Filled in ${formatSeconds(result.seconds)}.`)].join("\n") };
};

function describeStatus(status: SourceStatus): string {
	const server = [status.version, status.address].filter(Boolean).join(" at ");
	const schemas = (status.schemas ?? []).map(
		({ schema, tables, rows }) => `  ${schema}: ${tables} tables, ${formatCount(rows)} rows`,
	);
	return [`${server}: ${status.state}`, ...schemas].join("\n");
}

function describeChecks(checks: readonly Check[]): string {
	const table = renderTable(
		[{ title: "CHECK" }, { title: "" }, { title: "FOUND" }],
		checks.map((check) => [check.name, check.ok ? chalk.green("ok") : chalk.red("failed"), check.found]),
	);
	const fixes = checks.flatMap((check) => (check.ok ? [] : [`${check.name}: ${check.fix}`]));
	return [table, ...(fixes.length > 0 ? ["", ...fixes] : [])].join("\n");
}
