import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type AwsEnvironment, currentEnvironment } from "../shared/awsEnvironment.ts";
import { denyInsecureTransport, policyDocument, type Statement } from "../shared/policyDocument.ts";

export interface SecureBucketArgs {
	/** Key of the objects. Without one S3's own is used: the log delivery group cannot write with another's key. */
	kmsKeyArn?: pulumi.Input<string>;
	/** Whether the bucket is deleted with the stack, with all that is in it. Otherwise it stays. */
	disposable: boolean;
	/** Bucket that gets the access log, below a prefix of the component's name. */
	logBucket?: pulumi.Input<string>;
	/** Statements of the bucket's policy for its ARN, besides refusing anything but TLS 1.2. */
	statements?: (environment: AwsEnvironment, bucketArn: string) => Statement[];
	/** Rules besides those that every bucket has. */
	lifecycleRules: pulumi.Input<aws.types.input.s3.BucketLifecycleConfigurationRule>[];
	/** Keep old versions of objects for 7 days: tables are rewritten by every run, and each rewrite is a version. Never for a bucket that DMS writes: its connection test would time out. */
	versioned?: boolean;
}

/**
 * A private bucket: encrypted with a bucket key, all public access blocked, owned by the account alone, TLS only, with
 * life cycle and access log.
 *
 * Defaults: without `kmsKeyArn` S3's own key, without `logBucket` no access log, without `versioned` no old versions.
 *
 * Danger: on a disposable stack `pulumi destroy` deletes the data; on any other the bucket is protected,
 * so that destroying is refused, and after that bucket and guards stay.
 *
 * Cost: $0.023 a GB and month for the first 30 days.
 */
export class SecureBucket extends pulumi.ComponentResource {
	/** Known once the guards stand: nothing is written before. */
	readonly bucketName: pulumi.Output<string>;
	readonly arn: pulumi.Output<string>;

	constructor(name: string, args: SecureBucketArgs, opts?: pulumi.ComponentResourceOptions) {
		super("analytics:dataLake:SecureBucket", name, {}, opts);
		// Each guard is kept with the bucket: a bucket that stays must not lose its policy.
		const options = { parent: this, retainOnDelete: !args.disposable };
		const bucket = new aws.s3.Bucket(
			name,
			{ forceDestroy: args.disposable },
			{ ...options, protect: !args.disposable },
		);
		const guards = this.#guards(name, args, bucket, options);
		this.#lifecycle(name, args, bucket, options);
		if (args.logBucket !== undefined) {
			new aws.s3.BucketLogging(
				`${name}-logging`,
				{ bucket: bucket.bucket, targetBucket: args.logBucket, targetPrefix: `${name}/` },
				options,
			);
		}
		const guarded = pulumi.all(guards.map(({ id }) => id));
		this.bucketName = pulumi.all([bucket.bucket, guarded]).apply(([bucketName]) => bucketName);
		this.arn = bucket.arn;
		this.registerOutputs({ bucketName: this.bucketName, arn: this.arn });
	}

	/** What has to be there before anything is written. */
	#guards(
		name: string,
		args: SecureBucketArgs,
		{ bucket, arn }: aws.s3.Bucket,
		options: pulumi.CustomResourceOptions,
	): pulumi.CustomResource[] {
		const block = new aws.s3.BucketPublicAccessBlock(
			`${name}-public-access`,
			{ bucket, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
			options,
		);
		const ownership = new aws.s3.BucketOwnershipControls(
			`${name}-ownership`,
			{ bucket, rule: { objectOwnership: "BucketOwnerEnforced" } },
			options,
		);
		const encryption = new aws.s3.BucketServerSideEncryptionConfiguration(
			`${name}-encryption`,
			{ bucket, rules: [encryptionRule(args.kmsKeyArn)] },
			options,
		);
		const document = pulumi
			.all([currentEnvironment(this), arn])
			.apply(([environment, bucketArn]) =>
				policyDocument([...denyInsecureTransport(bucketArn), ...(args.statements?.(environment, bucketArn) ?? [])]),
			);
		const policy = new aws.s3.BucketPolicy(
			`${name}-policy`,
			{ bucket, policy: document },
			// Two changes of a bucket's policy at the same time fail with OperationAborted.
			{ ...options, dependsOn: [block] },
		);
		return [block, ownership, encryption, policy];
	}

	#lifecycle(
		name: string,
		args: SecureBucketArgs,
		{ bucket }: aws.s3.Bucket,
		options: pulumi.CustomResourceOptions,
	): void {
		if (args.versioned) {
			new aws.s3.BucketVersioning(
				`${name}-versioning`,
				{ bucket, versioningConfiguration: { status: "Enabled" } },
				options,
			);
		}
		const rules = [abandonedUploads, ...(args.versioned ? [oldVersions] : []), ...args.lifecycleRules];
		new aws.s3.BucketLifecycleConfiguration(`${name}-lifecycle`, { bucket, rules }, options);
	}
}

function encryptionRule(
	kmsKeyArn: pulumi.Input<string> | undefined,
): aws.types.input.s3.BucketServerSideEncryptionConfigurationRule {
	return kmsKeyArn === undefined
		? { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }
		: {
				applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: kmsKeyArn },
				bucketKeyEnabled: true,
			};
}

const abandonedUploads = {
	id: "abandoned-uploads",
	status: "Enabled",
	filter: {},
	abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
};

const oldVersions = {
	id: "old-versions",
	status: "Enabled",
	filter: {},
	noncurrentVersionExpiration: { noncurrentDays: 7 },
	// What is left of an object once its last version is gone: every listing would read past it.
	expiration: { expiredObjectDeleteMarker: true },
};
