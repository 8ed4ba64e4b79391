import type { GlueClient, JobRun as GlueRun } from "@aws-sdk/client-glue";
import { byHandRunId } from "../../../../etl/contract/runId.ts";
import type { PipelineOutputs } from "../../../../infra/outputs.ts";
import { PipelineError } from "../../../common/errors.ts";

/** Runs of a job that are looked at, newest first: more than can be going. */
const recentRuns = 20;

/** Newest first, as Glue gives them. */
export async function runsOf(glue: GlueClient, deployment: PipelineOutputs, job: string): Promise<GlueRun[]> {
	const { GetJobRunsCommand } = await import("@aws-sdk/client-glue");
	const { JobRuns: runs = [] } = await glue.send(
		new GetJobRunsCommand({ JobName: glueName(deployment, job), MaxResults: recentRuns }),
	);
	return runs;
}

export function glueName(deployment: PipelineOutputs, job: string): string {
	const name = deployment.jobs[job];
	if (name !== undefined) return name;
	throw new PipelineError("usage", {
		what: `The deployed stack ${deployment.stack} has no job ${job}.`,
		why: `Its jobs: ${Object.keys(deployment.jobs).join(", ")}.`,
		fix: "Deploy this version of the project.",
		next: `pulumi up --stack ${deployment.stack}`,
	});
}

export function runIdOf(run: GlueRun): string {
	return run.Arguments?.["--run_id"] ?? byHandRunId;
}

export function idOf(run: GlueRun): string {
	return run.Id ?? "";
}

export function time(run: GlueRun | undefined): number {
	return run?.StartedOn?.getTime() ?? 0;
}
