import { lake } from "../../../../etl/datasets.ts";
import type { JobReport } from "../../port.ts";
import { isAwsError } from "../awsError.ts";
import type { Clients } from "../clients.ts";

/** What a job wrote of its run; undefined where it died before, or ran by hand under no run of ours. */
export async function readReport(
	clients: Clients,
	bucket: string,
	runId: string,
	job: string,
): Promise<JobReport | undefined> {
	const s3 = await clients.s3();
	const { GetObjectCommand } = await import("@aws-sdk/client-s3");
	try {
		const { Body: body } = await s3.send(
			new GetObjectCommand({ Bucket: bucket, Key: `${lake.runs}/${runId}/${job}.json` }),
		);
		return body === undefined ? undefined : (JSON.parse(await body.transformToString()) as JobReport);
	} catch (error) {
		if (isAwsError(error, "NoSuchKey")) return undefined;
		throw error;
	}
}
