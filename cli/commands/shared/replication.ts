import chalk from "chalk";
import type { ReplicationStatus, TableStatistics } from "../../engines/port.ts";
import { formatCount } from "../../ui/format.ts";
import { renderTable } from "../../ui/table.ts";

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
		["Cascades", status.cascading && `${status.cascading.join(", ")}: reloaded after changes of their parents`],
		...(status.waiting ?? []).map((what, at) => [at === 0 ? "Waiting" : "", chalk.yellow(what)] as const),
		["Started", status.startedAt],
		...(status.withheld ?? []).map((what, at) => [at === 0 ? "Withheld" : "", what] as const),
		["Stop reason", status.stopReason],
		["Last error", status.lastError === undefined ? undefined : chalk.red(status.lastError)],
		["Fix", status.problem?.fix?.replaceAll("\n", " ")],
		["Next", status.problem?.next],
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
