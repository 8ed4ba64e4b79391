import chalk from "chalk";
import type { Command } from "../command.ts";
import { type PipelineStatus, pipelineStatus, type ZoneStatus } from "../steps/status.ts";
import { formatBytes, formatCount, formatSeconds } from "../ui/format.ts";
import { renderTable } from "../ui/table.ts";

export const status: Command = async ({ stack }) => {
	const found = await pipelineStatus(await stack());
	return { json: found, text: describeStatus(found) };
};

export function describeStatus(found: PipelineStatus): string {
	const { source, replication, lastRun } = found;
	const rows = (source.schemas ?? []).map((entry) => `${entry.schema} ${formatCount(entry.rows)} rows`).join(", ");
	const latency =
		replication.latencySeconds === undefined
			? ""
			: `, newest change after ${formatSeconds(replication.latencySeconds)}`;
	const errors = replication.lastError === undefined ? [] : [`last error: ${replication.lastError}`];
	const parts = [
		["source", source.state, [source.version ?? "", source.address, rows].filter((part) => part !== "").join(", ")],
		[
			"replication",
			replication.state,
			[`${replication.text}, ${replication.fullLoadProgress} %${latency}`, ...errors].join("; "),
		],
		["raw zone", "", describeZone(found.raw)],
		["processed zone", "", describeZone(found.processed)],
		["jobs", lastRun === undefined ? "never run" : lastRun.running ? "running" : "idle", describeRun(lastRun)],
		["catalog", "", `${found.catalog.database}, ${formatCount(found.catalog.tables)} tables`],
	];
	const table = renderTable(
		[{ title: "PART" }, { title: "STATE" }, { title: "" }],
		parts.map((part) => part.map((text, index) => (index === 1 ? paint(text) : text))),
	);
	return `${table}\n${chalk.dim(`Stack ${found.stack}.`)}`;
}

function describeZone(zone: ZoneStatus): string {
	if (zone.files === 0) return "empty";
	return `${formatCount(zone.files)} files, ${formatBytes(zone.bytes)}, newest ${zone.newest ?? ""}`;
}

function describeRun(run: PipelineStatus["lastRun"]): string {
	if (run === undefined) return "";
	return `last run ${run.runId}: ${run.jobs.map((job) => `${job.job} ${job.state}`).join(", ")}`;
}

function paint(state: string): string {
	if (["running", "idle"].includes(state)) return chalk.green(state);
	return ["failed", "unreachable"].includes(state) ? chalk.red(state) : chalk.yellow(state);
}
