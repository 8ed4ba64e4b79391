import chalk from "chalk";
import { bringDown } from "../../actions/down.ts";
import { waitForFirstRun } from "../../actions/schedule/firstRun.ts";
import type { CommandResult, Invocation, Run } from "../../command.ts";
import type {
	Context,
	LocalHost,
	ReplicationOptions,
	ReplicationState,
	ScheduleStatus,
	Stack,
} from "../../engines/port.ts";
import { formatTime } from "../../ui/format.ts";
import { stackLine } from "../../ui/stackLine.ts";
import { abortReason } from "../shared/aborted.ts";
import { keepRunning } from "../shared/keepRunning.ts";
import { type StartedSource, startSource } from "../shared/startSource.ts";
import type { definition } from "./definition.ts";
import { changeUnit } from "./unit.ts";

/** `up`: source, replication and the schedule, in the background or here. */
export const run: Run<typeof definition> = async (invocation) => {
	const { options, localHost, interactive, context } = invocation;
	const { every: everySeconds } = options;
	const host = await localHost();
	if (options.install || options.uninstall) return changeUnit(host, options);
	const source = await startSource(host, options, interactive, context);
	const stack = await host.stack();
	const replication = await stack.replication();
	const outcome = await replication.start(context, batches(everySeconds, (await replication.status()).state));
	if (options.foreground) return stayUp(host, stack, invocation);
	const jobs = await stack.jobs();
	const before = await jobs.schedule();
	const isNew = (await jobs.lastRun()) === undefined;
	const started = await host.startSchedule(context, { everySeconds });
	const first = isNew ? await waitForFirstRun(jobs, before, context) : undefined;
	const schedule = await jobs.schedule();
	const tables = (await replication.tables()).length;
	return {
		json: {
			source,
			replication: outcome,
			tables,
			schedule: { action: started, ...schedule },
			...(first && { firstRun: first }),
		},
		text: describe({ source, tables, schedule, first }, stack.name),
		...(first === undefined || first === "ok" ? {} : { outcome: first }),
	};
};

/** Changes that wait for a minute in a batch would miss the runs of a faster schedule. */
function batches(everySeconds: number | undefined, state: ReplicationState): ReplicationOptions {
	return everySeconds !== undefined && everySeconds < 60 && state !== "running" ? { batchInterval: everySeconds } : {};
}

/** Keeps the schedule in this process until Ctrl-C or SIGTERM, then stops everything: what a service manager calls. */
async function stayUp(
	host: LocalHost,
	stack: Stack,
	{ options, context }: Invocation<typeof definition>,
): Promise<CommandResult> {
	try {
		await keepRunning(host, stack, { everySeconds: options.every }, context);
	} finally {
		// What is cleaned up must not be cancelled by the same Ctrl-C.
		const cleaning: Context = { ...context, signal: new AbortController().signal };
		await bringDown(host, { purge: false }, cleaning);
	}
	const reason = abortReason(context.signal);
	if (reason !== undefined && reason.outcome !== "cancelled") throw reason;
	return { json: { stopped: true }, text: "Everything is stopped. The data stays." };
}

interface Up {
	source: StartedSource;
	tables: number;
	schedule: ScheduleStatus | undefined;
	first: Awaited<ReturnType<typeof waitForFirstRun>> | undefined;
}

function describe({ source, tables, schedule, first }: Up, stack: string): string {
	const next = schedule?.nextRun === undefined ? "" : `, the next at ${formatTime(schedule.nextRun)}`;
	const failed = first !== undefined && first !== "ok";
	return [
		...(failed
			? [chalk.red("The first run did not succeed; the next one comes at its time."), "See: pipeline-cli status", ""]
			: []),
		`Source ${source.address}, ${tables} ${tables === 1 ? "table" : "tables"} replicated. The jobs run ${schedule?.text ?? ""}${next}.`,
		"Everything continues in the background.",
		"",
		chalk.bold("Next"),
		"  pipeline-cli dashboard",
		"  pipeline-cli verify-cdc",
		"  pipeline-cli status",
		"Stop it: pipeline-cli down",
		stackLine(stack),
	].join("\n");
}
