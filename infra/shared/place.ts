import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Where a program is deployed; every ARN and service principal is built from it, so no partition or region is fixed. */
export interface Place {
	/** `aws`, `aws-cn`, `aws-us-gov`. */
	partition: string;
	/** `amazonaws.com`, or the partition's own. */
	dnsSuffix: string;
	region: string;
	accountId: string;
}

/** The place of a component's provider. */
export function currentPlace(parent: pulumi.Resource): pulumi.Output<Place> {
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

/** ARN of something of this account and region, e.g. `arn(place, "glue", "catalog")`. */
export function arn(place: Place, service: string, resource: string): string {
	return `arn:${place.partition}:${service}:${place.region}:${place.accountId}:${resource}`;
}

/** ARN of an AWS managed policy, e.g. `service-role/AmazonDMSVPCManagementRole`. */
export function managedPolicyArn(place: Place, policy: string): string {
	return `arn:${place.partition}:iam::aws:policy/${policy}`;
}
