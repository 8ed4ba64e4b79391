import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Where a program is deployed; every ARN and service principal is built from it, so no partition or region is fixed. */
export interface AwsEnvironment {
	/** `aws`, `aws-cn`, `aws-us-gov`. */
	partition: string;
	/** `amazonaws.com`, or the partition's own. */
	dnsSuffix: string;
	region: string;
	accountId: string;
}

/** The environment of a component's provider. */
export function currentEnvironment(parent: pulumi.Resource): pulumi.Output<AwsEnvironment> {
	const options = { parent };
	return pulumi
		.all([
			aws.getPartitionOutput({}, options),
			aws.getRegionOutput({}, options),
			aws.getCallerIdentityOutput({}, options),
		])
		.apply(([partition, region, caller]) => ({
			partition: partition.partition,
			dnsSuffix: partition.dnsSuffix,
			region: region.region,
			accountId: caller.accountId,
		}));
}

/** ARN of something of this account and region, e.g. `arn(environment, "glue", "catalog")`. */
export function arn(environment: AwsEnvironment, service: string, resource: string): string {
	return `arn:${environment.partition}:${service}:${environment.region}:${environment.accountId}:${resource}`;
}

/** ARN of an AWS managed policy, e.g. `service-role/AmazonDMSVPCManagementRole`. */
export function managedPolicyArn(environment: AwsEnvironment, policy: string): string {
	return `arn:${environment.partition}:iam::aws:policy/${policy}`;
}
