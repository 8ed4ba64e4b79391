import type { PipelineOutputs } from "../../../../infra/outputs.ts";
import type { PipelineError } from "../../../common/errors.ts";
import type { Check, Context, Source } from "../../port.ts";
import { openDefinition } from "../../shared/definition.ts";
import type { Clients } from "../client/clients.ts";
import { couldNotCheck, failed, isFinding } from "./checks.ts";
import { dmsChecks } from "./dmsChecks.ts";
import { identityCheck, permissionChecks } from "./identity.ts";
import { jobCredentialsCheck } from "./jobCredentials.ts";
import { quotaCheck } from "./quotas.ts";
import { dashboardChecks, warehouseChecks } from "./warehouseChecks.ts";

/** Every precondition of the stack's work on AWS. What cannot be looked at does not keep the next ones from being made. */
export async function awsChecks(
	clients: Clients,
	deployment: PipelineOutputs,
	source: Source,
	context: Context,
): Promise<Check[]> {
	const identity = await guarded("credentials", () => identityCheck(clients, deployment));
	// Without credentials all others would fail in the same way.
	if (identity.some(({ ok, name }) => !ok && name === "credentials")) return identity;
	const others = await Promise.all([
		guarded("permissions", () => permissionChecks(clients, deployment)),
		guarded("outputs", async () => [outputsCheck(deployment)]),
		guarded("DMS instance", () => dmsChecks(clients, deployment)),
		guarded("jobs' access", () => jobCredentialsCheck(clients, deployment)),
		guarded("Glue quota", () => quotaCheck(clients, deployment)),
		guarded("raw bucket", () => bucketCheck(clients, deployment.buckets.raw)),
		guarded("processed bucket", () => bucketCheck(clients, deployment.buckets.processed)),
		guarded("warehouse", () => warehouseChecks(clients, deployment)),
		guarded("QuickSight", () => dashboardChecks(clients, deployment)),
		guarded("source", () => sourceChecks(source), isOutOfReach),
	]);
	context.signal.throwIfAborted();
	return [...identity, ...others.flat()];
}

async function guarded(
	name: string,
	check: () => Promise<Check[]>,
	isUnknown: (error: PipelineError) => boolean = () => false,
): Promise<Check[]> {
	try {
		return await check();
	} catch (error) {
		if (!isFinding(error)) throw error;
		return [isUnknown(error) ? couldNotCheck(name, error) : failed(name, error)];
	}
}

async function sourceChecks(source: Source): Promise<Check[]> {
	return (await source.checks()).map((check) => ({ ...check, name: `source: ${check.name}` }));
}

/** The source is private: only where somebody has named a way to it, one that leads nowhere is a fault. */
function isOutOfReach({ outcome }: PipelineError): boolean {
	return outcome === "failure" && (process.env.PIPELINE_SOURCE_ADDRESS ?? "") === "";
}

function outputsCheck({ jobs, stack, definition }: PipelineOutputs): Check {
	const allJobs = openDefinition(definition).jobs;
	const missing = allJobs.map(({ name }) => name).filter((name) => jobs[name] === undefined);
	const more = Object.keys(jobs).filter((name) => !allJobs.some((job) => job.name === name));
	const ok = missing.length === 0 && more.length === 0;
	const differences = [
		...missing.map((name) => `${name} is not deployed`),
		...more.map((name) => `${name} is deployed but not in the definition`),
	];
	return {
		name: "jobs",
		ok,
		found: ok ? `${allJobs.length} jobs, as in ${definition}` : differences.join(", "),
		...(ok ? {} : { fix: `Deploy this version: pulumi up --stack ${stack}` }),
	};
}

async function bucketCheck(clients: Clients, bucket: string): Promise<Check[]> {
	const s3 = await clients.s3();
	const { ListObjectsV2Command } = await import("@aws-sdk/client-s3");
	const { KeyCount: count = 0 } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, MaxKeys: 1 }));
	return [{ name: `bucket ${bucket}`, ok: true, found: count === 0 ? "empty" : "readable" }];
}
