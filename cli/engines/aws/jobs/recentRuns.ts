import { byHandRunId } from "../../../../etl/contract/runId.ts";
import type { JobDefinition } from "../../../../etl/definition/jobs.ts";
import type { PipelineOutputs } from "../../../../infra/outputs.ts";
import type { Clients } from "../client/clients.ts";
import { glueName, idOf, runIdOf, runsOf } from "./glueRuns.ts";
import { jobRunState } from "./jobRunStates.ts";

/** Executions that are looked at, newest first. */
const recentExecutions = 20;

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
 */
export async function recentRuns(
	clients: Clients,
	deployment: PipelineOutputs,
	jobs: readonly JobDefinition[],
): Promise<RecentRun[]> {
	const { ListExecutionsCommand } = await import("@aws-sdk/client-sfn");
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
	const { executions = [] } = await (await clients.sfn()).send(
		new ListExecutionsCommand({ stateMachineArn: deployment.stateMachineArn, maxResults: recentExecutions }),
	);
	const ofMachine = executions.map(({ executionArn = "", name, status }) => ({
		id: executionArn,
		name: `Run ${name} of the state machine`,
		going: status === "RUNNING",
	}));
	return [...ofJobs.flat(), ...ofMachine];
}
