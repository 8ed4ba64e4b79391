import { lake } from "../../../../etl/contract/contract.ts";
import type { JobReport } from "../../../../etl/contract/report.ts";
import { parseJson } from "../../../common/jsonFile.ts";
import { reportFile } from "../../shared/jobReport.ts";
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
	return parseJson(text, `s3://${bucket}/${key}`, reportFile(job));
}
