import * as pulumi from "@pulumi/pulumi";
import { lake } from "../../etl/contract/contract.ts";
import type { AwsEnvironment } from "../shared/awsEnvironment.ts";
import type { Statement } from "../shared/policyDocument.ts";
import { SecureBucket } from "./secureBucket.ts";

export interface DataLakeArgs {
	/** Key of all objects except the access logs. */
	kmsKeyArn: pulumi.Input<string>;
	/** Whether the data is deleted with the stack. Otherwise the buckets stay when it is destroyed. */
	disposable: boolean;
}

/** Prefixes of the processed zone that hold no data of the lake: query results and Spark's temporary files. */
export const athenaResultsPrefix = "athena-queries";
export const temporaryPrefix = "temporary";

/**
 * Raw and processed zone, the bucket of job scripts, and the bucket of their access logs.
 *
 * Files of the raw zone and of the change log change their storage class after 30 days and are never expired: the jobs
 * take files that are gone for a TRUNCATE at the source. The raw bucket keeps no versions, as DMS requires of its targets.
 *
 * Defaults: none; every argument is given.
 *
 * Danger: on a disposable stack `pulumi destroy` deletes all data.
 *
 * Cost: about $0.023 a GB and month, half of it after 30 days without access.
 */
export class DataLake extends pulumi.ComponentResource {
	readonly raw: SecureBucket;
	readonly processed: SecureBucket;
	readonly scripts: SecureBucket;

	constructor(name: string, args: DataLakeArgs, opts?: pulumi.ComponentResourceOptions) {
		super("analytics:dataLake:DataLake", name, {}, opts);
		const { disposable, kmsKeyArn } = args;
		const parent = { parent: this };
		const logs = new SecureBucket(
			`${name}-access-logs`,
			{ disposable, statements: logDelivery, lifecycleRules: [expire("access-logs", "", 90)] },
			parent,
		);
		const shared = { disposable, kmsKeyArn, logBucket: logs.bucketName };
		this.raw = new SecureBucket(`${name}-raw`, { ...shared, lifecycleRules: [colder] }, parent);
		this.processed = new SecureBucket(
			`${name}-processed`,
			{
				...shared,
				versioned: true,
				lifecycleRules: [
					colder,
					expire("query-results", `${athenaResultsPrefix}/`, 30),
					expire("reports", `${lake.runs}/`, 90),
				],
			},
			parent,
		);
		this.scripts = new SecureBucket(
			`${name}-scripts`,
			{ ...shared, versioned: true, lifecycleRules: [expire("temporary", `${temporaryPrefix}/`, 7)] },
			parent,
		);
		this.registerOutputs({
			raw: this.raw.bucketName,
			processed: this.processed.bucketName,
			scripts: this.scripts.bucketName,
		});
	}
}

/** S3 may write the access logs of this account's buckets. */
function logDelivery(environment: AwsEnvironment, bucketArn: string): Statement[] {
	return [
		{
			Sid: "AccessLogs",
			Effect: "Allow",
			Principal: { Service: "logging.s3.amazonaws.com" },
			Action: "s3:PutObject",
			Resource: `${bucketArn}/*`,
			Condition: { StringEquals: { "aws:SourceAccount": environment.accountId } },
		},
	];
}

/** Intelligent tiering keeps every object readable immediately, so that no job waits for a restore. */
const colder = {
	id: "colder",
	status: "Enabled",
	filter: {},
	transitions: [{ days: 30, storageClass: "INTELLIGENT_TIERING" }],
};

const expire = (id: string, prefix: string, days: number) => ({
	id,
	status: "Enabled",
	filter: prefix === "" ? {} : { prefix },
	expiration: { days },
});
