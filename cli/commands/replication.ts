import chalk from "chalk";
import type { Command } from "../command.ts";
import { PipelineError } from "../common/errors.ts";
import type { Replication, ReplicationOptions, ReplicationStatus, TableStatistics } from "../engines/port.ts";
import { formatCount } from "../ui/format.ts";
import { stackLine } from "../ui/stackLine.ts";
import { renderTable } from "../ui/table.ts";

export const replicationStart: Command = async ({ options, stack, context }) => {
	const chosen = await stack();
	if (options.target !== undefined && chosen.engine === "aws") {
		throw new PipelineError("usage", {
			what: `What ${chosen.name} replicates to is decided when it is deployed.`,
			fix: "Set replicationTarget in the stack's configuration: s3 or kinesis.",
			next: "pulumi config set replicationTarget kinesis && pulumi up",
		});
	}
	const replication = await chosen.replication();
	const wanted: ReplicationOptions = {
		reload: options.reload === true,
		...(options.target === undefined ? {} : { target: options.target as "files" | "stream" }),
		...(typeof options.batchInterval === "number" ? { batchInterval: options.batchInterval } : {}),
		...(typeof options.batchMb === "number" ? { batchBytes: options.batchMb * 1024 * 1024 } : {}),
	};
	const outcome = await replication.start(context, wanted);
	const status = await replication.status();
	const said = {
		started: "Replication started.",
		resumed: "Replication resumed.",
		"already running": "Already running.",
	};
	return { json: { outcome, status }, text: `${said[outcome]}\n${describeStatus(status)}\n${stackLine(chosen.name)}` };
};

export const replicationStop: Command = async ({ stack, context }) => {
	const found = await stack();
	const outcome = await (await found.replication()).stop(context);
	const said = outcome === "stopped" ? "Replication stopped." : "Replication was not running.";
	return { json: { outcome }, text: `${said}\n${stackLine(found.name)}` };
};

export const replicationStatus: Command = async ({ stack }) => {
	const found = await stack();
	const status = await (await found.replication()).status();
	return { json: status, text: `${describeStatus(status)}\n${stackLine(found.name)}` };
};

export const replicationTables: Command = async ({ stack }) => {
	const found = await stack();
	const tables = await (await found.replication()).tables();
	return { json: { tables }, text: `${describeTables(tables)}\n${stackLine(found.name)}` };
};

export const replicationReload: Command = async ({ args, stack, context }) => {
	const found = await stack();
	const replication = await found.replication();
	const tables = selectTables(
		args.filter((name) => name !== undefined),
		await replication.tables(),
	);
	await replication.reload(context, tables);
	const shown = await statisticsOf(replication, tables);
	return { json: { tables: shown }, text: `${describeTables(shown)}\n${stackLine(found.name)}` };
};

/** `schema.table`, or `schema.*` for every table of a schema. */
function selectTables(
	names: readonly string[],
	known: readonly TableStatistics[],
): { schema: string; table: string }[] {
	return names.flatMap((name) => {
		const found = known.filter((one) => `${one.schema}.${one.table}` === name || `${one.schema}.*` === name);
		if (found.length > 0) return found.map(({ schema, table }) => ({ schema, table }));
		throw new PipelineError("usage", {
			what: `${name} is not replicated.`,
			why: `Tables that are: ${known.map((one) => `${one.schema}.${one.table}`).join(", ") || "none"}.`,
			fix: "Write schema.table as it is listed, or schema.* for all of a schema.",
			next: "pipeline-cli replication tables",
		});
	});
}

async function statisticsOf(
	replication: Replication,
	tables: readonly { schema: string; table: string }[],
): Promise<TableStatistics[]> {
	const all = await replication.tables();
	return all.filter((one) => tables.some((name) => name.schema === one.schema && name.table === one.table));
}

function describeLatency({ latencySeconds, captureSeconds, latencyUnknown }: ReplicationStatus): string | undefined {
	if (latencySeconds === undefined) return latencyUnknown === undefined ? undefined : chalk.yellow(latencyUnknown);
	const capture = captureSeconds === undefined ? "" : `, read at the source after ${captureSeconds.toFixed(1)} s`;
	return `${latencySeconds.toFixed(1)} s${capture}`;
}

export function describeStatus(status: ReplicationStatus): string {
	const { tables } = status;
	const counts = [
		`${tables.loaded} loaded`,
		...(tables.loading > 0 ? [`${tables.loading} loading`] : []),
		...(tables.queued > 0 ? [`${tables.queued} queued`] : []),
		...(tables.errored > 0 ? [chalk.red(`${tables.errored} with errors`)] : []),
	];
	const color = { running: chalk.green, failed: chalk.red }[status.state as "running" | "failed"] ?? chalk.yellow;
	const lines: (readonly [string, string | undefined])[] = [
		["State", color(status.text)],
		["Full load", `${status.fullLoadProgress} %`],
		["Tables", counts.join(", ")],
		["Latency", describeLatency(status)],
		["Started", status.startedAt],
		["Stop reason", status.stopReason],
		["Last error", status.lastError === undefined ? undefined : chalk.red(status.lastError)],
		["Log", status.log],
	];
	return lines
		.filter(([, value]) => value !== undefined)
		.map(([name, value]) => `${name.padEnd(12)} ${value}`)
		.join("\n");
}

export function describeTables(tables: readonly TableStatistics[]): string {
	if (tables.length === 0) return "No table is replicated yet.";
	const right = (title: string) => ({ title, align: "right" as const });
	const table = renderTable(
		[
			{ title: "TABLE" },
			{ title: "STATE" },
			right("FULL LOAD"),
			right("INSERTS"),
			right("UPDATES"),
			right("DELETES"),
			right("DDLS"),
		],
		tables.map((one) => [
			`${one.schema}.${one.table}`,
			one.state === "Table error" ? chalk.red(one.state) : one.state,
			...[one.fullLoadRows, one.inserts, one.updates, one.deletes, one.ddls].map(formatCount),
		]),
	);
	const errors = tables.flatMap((one) =>
		one.lastError === undefined ? [] : [chalk.red(`${one.schema}.${one.table}: ${one.lastError}`)],
	);
	return [table, ...errors].join("\n");
}
