import chalk from "chalk";
import type { Command } from "../command.ts";
import { PipelineError } from "../errors.ts";
import { type PipelineStatus, pipelineStatus, type ZoneStatus } from "../steps/status.ts";
import { formatBytes, formatCount, formatSeconds } from "../ui/format.ts";
import { stackLine } from "../ui/stackLine.ts";
import { renderTable } from "../ui/table.ts";

/** Seconds between two looks of --watch; on AWS each is a dozen calls. */
const watchSeconds = { local: 2, aws: 15 } as const;

export const status: Command = async ({ options, json, stack }) => {
	const watch = options.watch === true;
	if (watch && json) {
		throw new PipelineError("usage", {
			what: "--watch and --json exclude each other: --json is one document.",
			fix: "Call it again and again with --json.",
			next: "pipeline-cli status --json",
		});
	}
	const from = await stack();
	const found = await pipelineStatus(from);
	return { json: found, text: describeStatus(found), ...(watch ? { again: watchSeconds[from.engine] } : {}) };
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
	return `${table}\n${stackLine(found.stack)}`;
}

function describeZone(zone: ZoneStatus): string {
	if (zone.files === 0) return "empty";
	if (zone.more === true) return `more than ${formatCount(zone.files)} files`;
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
