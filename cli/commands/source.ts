import chalk from "chalk";
import type { Command } from "../command.ts";
import { PipelineError } from "../common/errors.ts";
import { readSettings } from "../engines/local/shared/settings.ts";
import { useExternalSource } from "../engines/local/source/external.ts";
import { LocalSource } from "../engines/local/source/localSource.ts";
import { seedSource } from "../engines/local/source/seed/seed.ts";
import { startPrivateSource, stopSource } from "../engines/local/source/up.ts";
import { type ExternalServer, parseSourceUrl } from "../engines/mysql/sourceUrl.ts";
import type { Check, SourceStatus } from "../engines/port.ts";
import { askSecret } from "../ui/askSecret.ts";
import { formatCount, formatSeconds } from "../ui/format.ts";
import { renderTable } from "../ui/table.ts";

export const sourceUp: Command = async ({ options, interactive, context }) => {
	const url = options.sourceUrl as string | undefined;
	const schemas = options.schema as string[] | undefined;
	const server = await externalServer(url);
	if (server === undefined) {
		const result = await startPrivateSource(context, { port: options.port as number | undefined, schemas });
		return { json: result, text: `The private MariaDB at ${result.address}: ${result.action}.` };
	}
	if (options.port !== undefined) {
		throw new PipelineError("usage", {
			what: "--port is the port of the private MariaDB.",
			fix: "Leave it out with a server of your own, whose port is in the URL.",
		});
	}
	const askPassword = (): Promise<string> => passwordFromTerminal(server, interactive, context.signal);
	const result = await useExternalSource(context, { server, schemas, askPassword });
	return {
		json: result,
		text: `${describeChecks(result.checks)}\n\nThe source is ${result.address}.`,
	};
};

/** `--source-url`, then PIPELINE_SOURCE_URL, then the server that the stack already uses; undefined for the private one. */
async function externalServer(url: string | undefined): Promise<ExternalServer | undefined> {
	if (url !== undefined) return parseSourceUrl(url, false);
	const fromEnvironment = process.env.PIPELINE_SOURCE_URL;
	if (fromEnvironment !== undefined && fromEnvironment !== "") return parseSourceUrl(fromEnvironment, true);
	const known = (await readSettings())?.source;
	if (known?.kind !== "external") return undefined;
	return { host: known.host, port: known.port, user: known.user, tls: known.tls };
}

async function passwordFromTerminal(
	server: ExternalServer,
	interactive: boolean,
	signal: AbortSignal,
): Promise<string> {
	if (interactive) return askSecret(`Password of ${server.user} at ${server.host}: `, signal);
	throw new PipelineError("usage", {
		what: `The password of ${server.user} at ${server.host} is not known.`,
		why: "There is no terminal to ask at.",
		fix: "Put it into PIPELINE_SOURCE_PASSWORD, or the whole URL into PIPELINE_SOURCE_URL.",
	});
}

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
