import type { DatabaseMigrationServiceClient, EngineVersion } from "@aws-sdk/client-database-migration-service";
import type { PipelineOutputs } from "../../../../infra/outputs.ts";
import { PipelineError } from "../../../common/errors.ts";
import type { Check, Context, Source } from "../../port.ts";
import { openDefinition } from "../../shared/definition.ts";
import type { Clients } from "../client/clients.ts";
import { neededActions } from "./neededActions.ts";

/** Days before the end of a DMS engine version from which it is reported. */
const noticeDays = 90;

/** Glue's quota of job runs at a time in the account. */
const glueRunsQuota = { ServiceCode: "glue", QuotaCode: "L-5E4153CA" };

/** Every precondition of the stack's work on AWS. A check that can't be made is one that failed, and the next ones are still made. */
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
		guarded("DMS engine", () => dmsEngineCheck(clients, deployment)),
		guarded("Glue quota", () => quotaCheck(clients, deployment)),
		guarded("raw bucket", () => bucketCheck(clients, deployment.buckets.raw)),
		guarded("processed bucket", () => bucketCheck(clients, deployment.buckets.processed)),
		guarded("source", async () =>
			(await source.checks()).map((check) => ({ ...check, name: `source: ${check.name}` })),
		),
	]);
	context.signal.throwIfAborted();
	return [...identity, ...others.flat()];
}

async function guarded(name: string, check: () => Promise<Check[]>): Promise<Check[]> {
	try {
		return await check();
	} catch (error) {
		if (!(error instanceof PipelineError) || error.outcome === "cancelled" || error.outcome === "timeout") throw error;
		const fix = [error.text.fix, error.text.next].filter((part) => part !== undefined).join(" ");
		return [{ name, ok: false, found: error.message, fix }];
	}
}

async function identityCheck(clients: Clients, { accountId }: PipelineOutputs): Promise<Check[]> {
	const sts = await clients.sts();
	const { GetCallerIdentityCommand } = await import("@aws-sdk/client-sts");
	const { Arn: arn = "", Account: account = "" } = await sts.send(new GetCallerIdentityCommand({}));
	const same = account === accountId;
	return [
		{ name: "credentials", ok: true, found: arn },
		{
			name: "account",
			ok: same,
			found: same ? account : `${account}; the stack is in ${accountId}`,
			...(same ? {} : { fix: "Name a profile of the stack's account with --profile." }),
		},
	];
}

/** Asks IAM what it would say, without making the calls. */
async function permissionChecks(clients: Clients, deployment: PipelineOutputs): Promise<Check[]> {
	const sts = await clients.sts();
	const { GetCallerIdentityCommand } = await import("@aws-sdk/client-sts");
	const { Arn: arn = "" } = await sts.send(new GetCallerIdentityCommand({}));
	const iam = await clients.iam();
	const { paginateSimulatePrincipalPolicy } = await import("@aws-sdk/client-iam");
	const denied: string[] = [];
	let asked = 0;
	// One after the other: IAM allows few of these calls a second.
	for (const { resource, actions } of neededActions(deployment)) {
		asked += actions.length;
		const input = { PolicySourceArn: roleOf(arn), ActionNames: [...actions], ResourceArns: [resource] };
		for await (const page of paginateSimulatePrincipalPolicy({ client: iam }, input)) {
			for (const { EvalActionName: action = "", EvalDecision: decision } of page.EvaluationResults ?? []) {
				if (decision !== "allowed") denied.push(`${action} on ${resource} (${decision})`);
			}
		}
	}
	const ok = denied.length === 0;
	return [
		{
			name: "permissions",
			ok,
			found: ok ? `${asked} actions are allowed` : `not allowed: ${denied.join(", ")}`,
			...(ok ? {} : { fix: `Allow these actions to ${roleOf(arn)}.` }),
		},
	];
}

/** A session of a role is not simulated; its role is. `arn:aws:sts::1:assumed-role/name/session` → the role's ARN. */
export function roleOf(arn: string): string {
	const [, partition, account, role] = /^arn:([\w-]+):sts::(\d+):assumed-role\/([^/]+)\//.exec(arn) ?? [];
	return role === undefined ? arn : `arn:${partition}:iam::${account}:role/${role}`;
}

function outputsCheck({ jobs, stack, definition }: PipelineOutputs): Check {
	const allJobs = openDefinition(definition).jobs;
	const missing = allJobs.map(({ name }) => name).filter((name) => jobs[name] === undefined);
	const more = Object.keys(jobs).filter((name) => !allJobs.some((job) => job.name === name));
	const ok = missing.length === 0 && more.length === 0;
	const differences = [
		...missing.map((name) => `${name} is not deployed`),
		...more.map((name) => `${name} is deployed and not in the definition`),
	];
	return {
		name: "jobs",
		ok,
		found: ok ? `${allJobs.length} jobs, as in ${definition}` : differences.join(", "),
		...(ok ? {} : { fix: `Deploy this version: pulumi up --stack ${stack}` }),
	};
}

async function dmsEngineCheck(clients: Clients, { replication }: PipelineOutputs): Promise<Check[]> {
	const dms = await clients.dms();
	const { DescribeReplicationInstancesCommand } = await import("@aws-sdk/client-database-migration-service");
	const { ReplicationInstances: instances = [] } = await dms.send(
		new DescribeReplicationInstancesCommand({
			Filters: [{ Name: "replication-instance-arn", Values: [replication.instanceArn] }],
		}),
	);
	const [instance] = instances;
	const status = instance?.ReplicationInstanceStatus ?? "none";
	const version = instance?.EngineVersion ?? "none";
	const lifecycle = await engineVersion(dms, version);
	const end = lifecycle?.ForceUpgradeDate ?? lifecycle?.AutoUpgradeDate;
	const daysLeft = end === undefined ? Number.POSITIVE_INFINITY : (end.getTime() - Date.now()) / 86_400_000;
	const supported = daysLeft > noticeDays && lifecycle?.Lifecycle !== "DEPRECATED";
	return [
		{
			name: "DMS instance",
			ok: status === "available",
			found: status,
			...(status === "available" ? {} : { fix: "Wait until it is available, or look at it in the DMS console." }),
		},
		{
			name: "DMS engine",
			ok: supported,
			found: end === undefined ? version : `${version}, until ${end.toISOString().slice(0, 10)}`,
			...(supported ? {} : { fix: "Set a newer engine version in the stack's configuration and deploy." }),
		},
	];
}

/** What DMS itself says of a version, with its dates; undefined where it lists none. */
async function engineVersion(
	client: DatabaseMigrationServiceClient,
	version: string,
): Promise<EngineVersion | undefined> {
	const { paginateDescribeEngineVersions } = await import("@aws-sdk/client-database-migration-service");
	for await (const { EngineVersions: versions = [] } of paginateDescribeEngineVersions({ client }, {})) {
		const found = versions.find(({ Version: name }) => name === version);
		if (found !== undefined) return found;
	}
	return undefined;
}

async function quotaCheck(clients: Clients, { definition }: PipelineOutputs): Promise<Check[]> {
	const quotas = await clients.quotas();
	const { GetServiceQuotaCommand } = await import("@aws-sdk/client-service-quotas");
	const { Quota: quota } = await quotas.send(new GetServiceQuotaCommand(glueRunsQuota));
	const value = quota?.Value ?? 0;
	const ok = value >= openDefinition(definition).jobs.length;
	return [
		{
			name: "Glue quota",
			ok,
			found: `${value} job runs at a time in the account`,
			...(ok ? {} : { fix: "Ask for more in Service Quotas: AWS Glue, concurrent job runs per account." }),
		},
	];
}

async function bucketCheck(clients: Clients, bucket: string): Promise<Check[]> {
	const s3 = await clients.s3();
	const { ListObjectsV2Command } = await import("@aws-sdk/client-s3");
	const { KeyCount: count = 0 } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, MaxKeys: 1 }));
	return [{ name: `bucket ${bucket}`, ok: true, found: count === 0 ? "empty" : "readable" }];
}
