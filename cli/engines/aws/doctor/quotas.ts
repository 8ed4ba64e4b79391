import type { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import type { PipelineOutputs } from "../../../../infra/outputs.ts";
import type { Check } from "../../port.ts";
import { openDefinition } from "../../shared/definition.ts";
import { isAwsError } from "../client/awsError.ts";
import type { Clients } from "../client/clients.ts";
import { couldNotCheck, isFinding, notChecked } from "./checks.ts";

const name = "Glue quota";

/** Glue's quota of job runs at a time in the account. */
const glueRuns = { ServiceCode: "glue", QuotaCode: "L-5E4153CA" };

export async function quotaCheck(clients: Clients, { definition }: PipelineOutputs): Promise<Check[]> {
	try {
		return [judged(await quotaOf(await clients.quotas()), openDefinition(definition).jobs.length)];
	} catch (error) {
		// Runs fail where it is too small, and nothing else: who may not read it can do all the work.
		if (isFinding(error)) return [couldNotCheck(name, error)];
		throw error;
	}
}

function judged(value: number | undefined, jobs: number): Check {
	if (value === undefined) return notChecked(name, "AWS reports none", "Check it in Service Quotas, AWS Glue.");
	const ok = value >= jobs;
	return {
		name,
		ok,
		found: `${value} concurrent job runs in the account`,
		...(ok ? {} : { fix: "Request an increase in Service Quotas: AWS Glue, concurrent job runs per account." }),
	};
}

/** The account's own; where it was never changed, of some quotas only AWS's default is known. */
async function quotaOf(client: ServiceQuotasClient): Promise<number | undefined> {
	const { GetAWSDefaultServiceQuotaCommand, GetServiceQuotaCommand } = await import("@aws-sdk/client-service-quotas");
	try {
		const { Quota: applied } = await client.send(new GetServiceQuotaCommand(glueRuns));
		if (applied?.Value !== undefined) return applied.Value;
	} catch (error) {
		if (!isAwsError(error, "NoSuchResourceException")) throw error;
	}
	const { Quota: standard } = await client.send(new GetAWSDefaultServiceQuotaCommand(glueRuns));
	return standard?.Value;
}
