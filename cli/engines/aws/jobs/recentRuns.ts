import type { ExecutionListItem } from "@aws-sdk/client-sfn";
import { byHandRunId } from "../../../../etl/contract/runId.ts";
import type { JobDefinition } from "../../../../etl/definition/jobs.ts";
import type { PipelineOutputs } from "../../../../infra/outputs.ts";
import type { Clients } from "../client/clients.ts";
import { executionsOf, runningExecutions, wasSkipped } from "./executions.ts";
import { glueName, idOf, runIdOf, runsOf } from "./glueRuns.ts";
import { jobRunState } from "./jobRunStates.ts";

/** What runs jobs, or did lately. */
export interface RecentRun {
	id: string;
	/** As the subject of a sentence. */
	name: string;
	going: boolean;
}

/**
 * Runs of the CLI and of the schedule, jobs that were started by hand, and executions of the state machine, which are between two
 * jobs for a while.
 * @param known runs of an earlier look: of the executions that ended, those since then are of interest.
 */
export async function recentRuns(
	clients: Clients,
	deployment: PipelineOutputs,
	jobs: readonly JobDefinition[],
	known?: ReadonlySet<string>,
): Promise<RecentRun[]> {
	const glue = await clients.glue();
	const ofJobs = await Promise.all(
		jobs.map(async (job) =>
			(await runsOf(glue, deployment, job.name)).map((run) => ({
				id: idOf(run),
				name:
					runIdOf(run) === byHandRunId
						? `Run ${idOf(run)} of ${glueName(deployment, job.name)}, started by hand,`
						: `Run ${runIdOf(run)}`,
				going: jobRunState(run) === "going",
			})),
		),
	);
	return [...ofJobs.flat(), ...(await ofMachine(clients, deployment.stateMachineArn, known))];
}

/** Those that are going, whenever they began, and those that ended since the earlier look; without one the newest of them. */
async function ofMachine(
	clients: Clients,
	stateMachineArn: string,
	known: ReadonlySet<string> = new Set(),
): Promise<RecentRun[]> {
	const run = ({ executionArn = "", name, status }: ExecutionListItem): RecentRun => ({
		id: executionArn,
		name: `Run ${name} of the state machine`,
		going: status === "RUNNING",
	});
	const found = (await runningExecutions(clients, stateMachineArn)).map(run);
	for await (const one of executionsOf(clients, stateMachineArn)) {
		if (wasSkipped(one)) continue;
		found.push(run(one));
		if (known.size === 0 ? one.status !== "RUNNING" : known.has(one.executionArn ?? "")) break;
	}
	return found;
}
