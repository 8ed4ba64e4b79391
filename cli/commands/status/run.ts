import chalk from "chalk";
import { type PipelineStatus, pipelineStatus, type ZoneStatus } from "../../actions/status.ts";
import type { Run } from "../../command.ts";
import { PipelineError } from "../../common/errors.ts";
import { formatBytes, formatCount, formatSeconds, formatTime } from "../../ui/format.ts";
import { problemLines } from "../../ui/problem.ts";
import { stackLine } from "../../ui/stackLine.ts";
import { renderTable } from "../../ui/table.ts";
import { upCommand } from "../shared/comeBack.ts";
import type { definition } from "./definition.ts";

/** Seconds between two looks of --watch; on AWS each is a dozen calls. */
const watchSeconds = { local: 2, aws: 15 } as const;

export const run: Run<typeof definition> = async ({ options, json, stack }) => {
	const watch = options.watch === true;
	if (watch && json) {
		throw new PipelineError("usage", {
			what: "--watch and --json cannot be combined: --json prints one document.",
			fix: "Call the command repeatedly with --json.",
			next: "pipeline-cli status --json",
		});
	}
	const from = await stack();
	const { outcome, ...found } = await pipelineStatus(from);
	return {
		json: found,
		text: describeStatus(found),
		...(outcome === undefined ? {} : { outcome }),
		...(watch ? { again: watchSeconds[from.engine] } : {}),
	};
};

/** Every part on a line, in the data's way; those that could not be looked at with the reason. */
function describeStatus(found: Omit<PipelineStatus, "outcome">): string {
	const rows = rowsOf(found).map((row) => row.map((text, index) => (index === 1 ? paint(text) : text)));
	const unseen = found.unseen.map(({ part, reason }) => [partName(part), chalk.red("unknown"), reason]);
	const table = renderTable([{ title: "PART" }, { title: "STATE" }, { title: "" }], [...rows, ...unseen]);
	return [
		table,
		...describeProblems(found),
		...describeTrouble(found),
		...describeLate(found.schedule),
		...describeFailing(found.failing),
		...comeBack(found),
		...describeUnseen(found.unseen),
		stackLine(found.stack),
	].join("\n");
}

const partNames: Readonly<Record<string, string>> = {
	raw: "raw zone",
	processed: "processed zone",
	lastRun: "jobs",
	failing: "failed runs",
};

function partName(part: string): string {
	return partNames[part] ?? part;
}

/** What to do about parts that could not be looked at; those with the same remedy together. */
function describeUnseen(unseen: PipelineStatus["unseen"]): string[] {
	const remedyOf = ({ fix = "", next }: (typeof unseen)[number]): string => `${fix}\n${next}`;
	const first = unseen.filter((one, at) => unseen.findIndex((other) => remedyOf(other) === remedyOf(one)) === at);
	return first.flatMap((one) => {
		const same = unseen.filter((other) => remedyOf(other) === remedyOf(one));
		const what = same.map(({ part }) => partName(part)).join(", ");
		return problemLines(chalk.red("unknown:"), { what, fix: one.fix, next: one.next });
	});
}

function rowsOf(found: Omit<PipelineStatus, "outcome">): string[][] {
	const {
		source,
		replication,
		clickstream,
		raw,
		processed,
		catalog,
		models,
		lastRun,
		schedule,
		warehouse,
		dashboards,
	} = found;
	const neverRun = lastRun === undefined && !found.unseen.some(({ part }) => part === "lastRun");
	return [
		...(source === undefined ? [] : [["source", source.state, describeSource(source)]]),
		...(replication === undefined ? [] : [["replication", replication.state, describeReplication(replication)]]),
		...(clickstream === undefined ? [] : [["clickstream", clickstream.state.toLowerCase(), clickstream.text]]),
		...(raw === undefined ? [] : [["raw zone", "", describeZone(raw)]]),
		...(processed === undefined ? [] : [["processed zone", "", describeZone(processed)]]),
		...(neverRun ? [["jobs", "never run", ""]] : []),
		...(lastRun === undefined ? [] : [["jobs", jobsState(found), describeRun(lastRun)]]),
		...(schedule === undefined ? [] : [["schedule", scheduleState(schedule), describeSchedule(schedule)]]),
		...(catalog === undefined ? [] : [["catalog", "", `${catalog.database}, ${formatCount(catalog.tables)} tables`]]),
		...(models === undefined ? [] : [["models", modelsState(models), describeModels(models)]]),
		...(warehouse === undefined ? [] : [["warehouse", warehouse.state.toLowerCase(), warehouse.text]]),
		...Object.entries(dashboards ?? {}).map(([name, url]) => [`dashboard ${name}`, "ready", url]),
	];
}

function describeSource({ version = "", address, schemas = [] }: NonNullable<PipelineStatus["source"]>): string {
	const rows = schemas.map((entry) => `${entry.schema} ${formatCount(entry.rows)} rows`).join(", ");
	return [version, address, rows].filter((part) => part !== "").join(", ");
}

function describeReplication(found: NonNullable<PipelineStatus["replication"]>): string {
	const { text, fullLoadProgress, latencySeconds, lastError, cascading, waiting, problem } = found;
	const latency = latencySeconds === undefined ? "" : `, newest change after ${formatSeconds(latencySeconds)}`;
	return [
		`${text}, ${fullLoadProgress} %${latency}`,
		...(cascading === undefined ? [] : [`reloaded after changes of their parents: ${cascading.join(", ")}`]),
		...(waiting === undefined ? [] : [`not loaded yet: ${waiting.join(", ")}`]),
		...(lastError === undefined || problem !== undefined ? [] : [`last error: ${lastError}`]),
	].join("; ");
}

function describeZone(zone: ZoneStatus): string {
	if (zone.files === 0) return "empty";
	if (zone.more === true) return `more than ${formatCount(zone.files)} files`;
	return `${formatCount(zone.files)} files, ${formatBytes(zone.bytes)}, newest ${zone.newest === undefined ? "" : formatTime(zone.newest)}`;
}

function modelsState({ bad, tables, defined }: NonNullable<PipelineStatus["models"]>): string {
	const [worst] = (["failed", "blocked", "skipped"] as const).filter((one) => bad.some(({ state }) => state === one));
	return worst ?? (tables.length < defined.length ? "not built" : "ready");
}

function describeModels({ defined, tables, lastBuild, bad }: NonNullable<PipelineStatus["models"]>): string {
	const count = `${tables.length} of ${defined.length} in the catalog`;
	const last = lastBuild === undefined ? "" : `, last built ${formatTime(lastBuild.finishedAt)} (${lastBuild.runId})`;
	return [`${count}${last}`, ...bad.map(({ model, state, why }) => `${model} ${state}: ${why}`)].join("; ");
}

function jobsState({ lastRun, failing }: Omit<PipelineStatus, "outcome">): string {
	if (lastRun?.running === true) return "running";
	return failing === undefined ? "idle" : "failed";
}

function scheduleState({ running, died, late }: NonNullable<PipelineStatus["schedule"]>): string {
	if (late !== undefined) return "late";
	return running ? "active" : died ? "died" : "stopped";
}

function describeSchedule({ text, running, nextRun, last, late }: NonNullable<PipelineStatus["schedule"]>): string {
	if (!running) return `was ${text}`;
	return [
		text,
		...(late === undefined ? [] : [`no run started at ${formatTime(late)}`]),
		...(last === undefined ? [] : [`last run ended ${formatTime(last.at)} (${last.outcome})`]),
		...(nextRun === undefined ? [] : [`next run ${formatTime(nextRun)}`]),
	].join(", ");
}

/** Why the source cannot be reached, and why the replication failed, where that is something else. */
function describeProblems({ source, replication }: Omit<PipelineStatus, "outcome">): string[] {
	const ofSource = source?.problem;
	const ofReplication = replication?.problem;
	return [
		...(ofSource === undefined ? [] : problemLines(chalk.red("source:"), ofSource)),
		...(ofReplication === undefined || ofReplication.what === ofSource?.what
			? []
			: problemLines(chalk.red("replication:"), ofReplication)),
	];
}

/** What of the replication the table does not say. */
function describeTrouble({ trouble, replication }: Omit<PipelineStatus, "outcome">): string[] {
	if (trouble === undefined || replication?.lastError !== undefined || replication?.state === "failed") return [];
	return [`${chalk.yellow("warning:")} ${trouble}`];
}

/** A schedule that starts nothing, though it is deployed. */
function describeLate(schedule: PipelineStatus["schedule"]): string[] {
	if (schedule?.late === undefined) return [];
	return [
		`${chalk.red("late:")} EventBridge did not start the run that was due at ${formatTime(schedule.late)}`,
		"  fix:  it may be disabled or lack permissions; deploying again restores both",
		`  next: ${chalk.bold("pulumi up")}`,
	];
}

/** A run that failed, until a good one. */
function describeFailing(failing: PipelineStatus["failing"]): string[] {
	if (failing === undefined) return [];
	return problemLines(chalk.red("failed:"), failing);
}

/** How to start what is stopped on this machine. */
function comeBack({ source, replication, schedule }: Omit<PipelineStatus, "outcome">): string[] {
	const stopped =
		(schedule !== undefined && !schedule.running) || (source?.state === "stopped" && replication?.state !== "running");
	return stopped ? [`To start everything: ${chalk.bold(upCommand(schedule?.everySeconds))}`] : [];
}

function describeRun(run: NonNullable<PipelineStatus["lastRun"]>): string {
	if (run.jobs.length === 0) return `${run.running ? "run" : "last run"} ${run.runId}, no job has ended yet`;
	return `last run ${run.runId}: ${run.jobs.map((job) => `${job.job} ${job.state}`).join(", ")}`;
}

function paint(state: string): string {
	if (["running", "idle", "active", "available", "ready"].includes(state)) return chalk.green(state);
	return ["failed", "unreachable", "late", "died"].includes(state) ? chalk.red(state) : chalk.yellow(state);
}
