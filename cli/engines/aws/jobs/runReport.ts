import { lake } from "../../../../etl/contract/contract.ts";
import { messageOf, PipelineError } from "../../../common/errors.ts";
import type { JobReport } from "../../port.ts";
import { awsError, isAwsError } from "../client/awsError.ts";
import type { Clients } from "../client/clients.ts";

/** What a job wrote of its run; undefined where it died before, or ran by hand under no run of ours. */
export async function readReport(
	clients: Clients,
	bucket: string,
	runId: string,
	job: string,
): Promise<JobReport | undefined> {
	const s3 = await clients.s3();
	const { GetObjectCommand } = await import("@aws-sdk/client-s3");
	const key = lake.report(runId, job);
	let text: string;
	try {
		const { Body: body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
		text = (await body?.transformToString()) ?? "";
	} catch (error) {
		if (isAwsError(error, "NoSuchKey")) return undefined;
		throw awsError(error, { service: "s3", action: "GetObject", region: clients.settings.region });
	}
	try {
		return JSON.parse(text) as JobReport;
	} catch (error) {
		throw new PipelineError(
			"failure",
			{
				what: `The report of ${job} is no JSON.`,
				why: `s3://${bucket}/${key}: ${messageOf(error)}`,
				fix: "See what the job logged, and run it again.",
				next: `pipeline-cli logs ${job}`,
			},
			{ cause: error },
		);
	}
}
