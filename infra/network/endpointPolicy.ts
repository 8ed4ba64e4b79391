import type { AwsEnvironment } from "../shared/awsEnvironment.ts";
import { policyDocument } from "../shared/policyDocument.ts";

export interface S3EndpointAccess {
	environment: AwsEnvironment;
	/** Buckets that this account's identities may read and write. */
	bucketArns: readonly string[];
	/** Whether a server in the subnets installs packages of Amazon Linux. */
	packages: boolean;
}

/**
 * What may pass the gateway endpoint of S3, whatever rights someone in the subnets brings along: data is written to the
 * stack's own buckets, and by this account only. Besides, two kinds of AWS's own buckets are read: Glue's, and Amazon
 * Linux's packages, which are requested without a signature. The endpoint grants nothing: roles do.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-s3.html
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSGlueServiceRole.html
 * https://docs.aws.amazon.com/linux/al2023/ug/networking-s3-endpoint.html
 */
export function s3EndpointPolicy({ environment, bucketArns, packages }: S3EndpointAccess): string {
	const bucket = (name: string): string => `arn:${environment.partition}:s3:::${name}/*`;
	const read = { Effect: "Allow", Principal: "*", Action: "s3:GetObject" } as const;
	return policyDocument([
		{
			Sid: "OwnBuckets",
			Effect: "Allow",
			Principal: "*",
			Action: [
				"s3:AbortMultipartUpload",
				"s3:DeleteObject",
				"s3:GetBucketLocation",
				"s3:GetObject",
				"s3:ListBucket",
				"s3:PutObject",
				"s3:PutObjectTagging",
			],
			Resource: bucketArns.flatMap((arn) => [arn, `${arn}/*`]),
			Condition: { StringEquals: { "aws:PrincipalAccount": environment.accountId } },
		},
		{ Sid: "GlueAssets", ...read, Resource: bucket("aws-glue-*") },
		...(packages
			? [{ Sid: "AmazonLinuxPackages", ...read, Resource: bucket(`al2023-repos-${environment.region}-de612dc2`) }]
			: []),
	]);
}
