import chalk from "chalk";
import { waitForFirstRun } from "../../actions/schedule/firstRun.ts";
import type { Run } from "../../command.ts";
import type { ScheduleStatus } from "../../engines/port.ts";
import { formatTime } from "../../ui/format.ts";
import { stackLine } from "../../ui/stackLine.ts";
import type { StartedSource } from "../shared/startSource.ts";
import { begin } from "./begin.ts";
import type { definition } from "./definition.ts";
import { stayUp } from "./stayUp.ts";
import { changeUnit } from "./unit.ts";

/** `up`: source, replication and the schedule, in the background or here. */
export const run: Run<typeof definition> = async (invocation) => {
	const { options, localHost, interactive, context } = invocation;
	const { every: everySeconds } = options;
	const host = await localHost();
	if (options.install || options.uninstall) return changeUnit(host, options);
	await host.requireSchedule({ everySeconds, foreground: options.foreground });
	if (options.foreground) return stayUp(host, invocation);
	const begun = { source: false, replication: false, schedule: false };
	const { source, stack, replication, outcome } = await begin(host, options, interactive, context, begun);
	const jobs = await stack.jobs();
	const before = await jobs.schedule();
	const isNew = (await jobs.lastRun()) === undefined;
	const started = await host.startSchedule(context, { everySeconds });
	const first = isNew ? await waitForFirstRun(jobs, before, context) : undefined;
	const schedule = await jobs.schedule();
	const tables = (await replication.tables()).length;
	const { verify } = (await stack.definition()).pipeline;
	return {
		json: {
			source,
			replication: outcome,
			tables,
			schedule: { action: started, ...schedule },
			...(first && { firstRun: first }),
		},
		text: describe({ source, tables, schedule, first, writes: verify !== undefined }, stack.name),
		...(first === undefined || first === "ok" ? {} : { outcome: first }),
	};
};

interface Up {
	source: StartedSource;
	tables: number;
	schedule: ScheduleStatus | undefined;
	first: Awaited<ReturnType<typeof waitForFirstRun>> | undefined;
	/** Whether the definition names what verify-cdc may write. */
	writes: boolean;
}

function describe({ source, tables, schedule, first, writes }: Up, stack: string): string {
	const next = schedule?.nextRun === undefined ? "" : `, next at ${formatTime(schedule.nextRun)}`;
	const failed = first !== undefined && first !== "ok";
	return [
		...(failed
			? [
					chalk.red("The first run did not succeed. The schedule continues with the next run."),
					"See: pipeline-cli status",
					"",
				]
			: []),
		`Source ${source.address}, ${tables} ${tables === 1 ? "table" : "tables"} replicated. The jobs run ${schedule?.text ?? ""}${next}.`,
		"Everything continues in the background.",
		"",
		chalk.bold("Next"),
		"  pipeline-cli dashboard",
		`  pipeline-cli verify-cdc${writes ? "" : " --read-only"}`,
		"  pipeline-cli status",
		"To stop it: pipeline-cli down",
		stackLine(stack),
	].join("\n");
}
