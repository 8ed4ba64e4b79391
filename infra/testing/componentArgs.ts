/** Arguments that many components share, made up. */

export const shared = {
	subnetIds: ["subnet-1", "subnet-2", "subnet-3"],
	securityGroupId: "sg-1",
	kmsKeyArn: "arn:key",
	logRetentionDays: 30,
};

export const buckets = {
	rawBucket: "raw",
	rawBucketArn: "arn:raw",
	processedBucket: "processed",
	processedBucketArn: "arn:processed",
	scriptsBucket: "scripts",
	scriptsBucketArn: "arn:scripts",
};
