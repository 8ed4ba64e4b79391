import type { JobRun as GlueRun } from "@aws-sdk/client-glue";
import type { PipelineOutputs } from "../../../../infra/outputs.ts";
import type { Check } from "../../port.ts";
import type { Clients } from "../client/clients.ts";
import { runsOf, time } from "../jobs/glueRuns.ts";
import { deniedKind, faultOf, jobRunState } from "../jobs/jobRunStates.ts";
import { notChecked } from "./checks.ts";

const name = "jobs' access";

/**
 * Whether the jobs' Python reaches the lake. Only a job can try: it has its own search for credentials, beside that of Spark. So
 * the newest run that ended says it, since each one begins with a look at the lake.
 */
export async function jobCredentialsCheck(clients: Clients, deployment: PipelineOutputs): Promise<Check[]> {
	const glue = await clients.glue();
	const jobs = Object.keys(deployment.jobs);
	const runs = await Promise.all(
		jobs.map(async (job) => (await runsOf(glue, deployment, job)).map((run) => ({ job, run }))),
	);
	const [newest] = runs
		.flat()
		.filter(({ run }) => tells(run))
		.sort((a, b) => time(b.run) - time(a.run));
	if (newest === undefined)
		return [notChecked(name, "not verified: no job has run yet", "Run the jobs: pipeline-cli run-etl.")];
	const { job, run } = newest;
	const when = run.StartedOn?.toISOString() ?? "";
	if (jobRunState(run) === "succeeded") return [{ name, ok: true, found: `${job} of ${when} read and wrote the lake` }];
	return [
		{
			name,
			ok: false,
			found: `${job} of ${when} was refused: ${faultOf(run)?.message}`,
			fix: `Check pipeline-cli logs ${job}, then deploy again to restore the policy of the jobs' role: pulumi up --stack ${deployment.stack}`,
		},
	];
}

/** One that failed in another way says nothing of its rights. */
function tells(run: GlueRun): boolean {
	const state = jobRunState(run);
	return state === "succeeded" || (state === "failed" && faultOf(run)?.kind === deniedKind);
}
