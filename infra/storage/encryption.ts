import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { currentEnvironment } from "../shared/awsEnvironment.ts";
import { keyPolicy } from "./keyPolicy.ts";

export interface EncryptionArgs {
	/** Whether the key may be deleted with the stack. Otherwise it stays: without it, what it encrypted is lost. */
	disposable: boolean;
}

/**
 * The one KMS key by which buckets, streams, databases, logs, secrets and notifications are encrypted; rotated yearly; and
 * the Glue security configuration that names it.
 *
 * Defaults: none; every argument is given.
 *
 * Danger: a deleted key makes its data unreadable for ever. On a stack that is not disposable it is
 * protected, so that destroying is refused in its preview, and stays also after that.
 *
 * Cost: $1 a month, and $0.03 for 10,000 requests (bucket keys keep them few).
 */
export class Encryption extends pulumi.ComponentResource {
	readonly keyArn: pulumi.Output<string>;
	/** Glue security configuration by which jobs and crawler encrypt logs and files with the key. */
	readonly glueSecurityConfiguration: pulumi.Output<string>;

	constructor(name: string, args: EncryptionArgs, opts?: pulumi.ComponentResourceOptions) {
		super("analytics:encryption:Encryption", name, {}, opts);
		const key = new aws.kms.Key(
			`${name}-key`,
			{
				description: `Data of ${name}`,
				enableKeyRotation: true,
				deletionWindowInDays: args.disposable ? 7 : 30,
				policy: currentEnvironment(this).apply(keyPolicy),
			},
			{ parent: this, protect: !args.disposable, retainOnDelete: !args.disposable },
		);
		new aws.kms.Alias(`${name}-alias`, { name: `alias/${name}`, targetKeyId: key.keyId }, { parent: this });
		this.keyArn = key.arn;
		const encryption = { kmsKeyArn: key.arn };
		this.glueSecurityConfiguration = new aws.glue.SecurityConfiguration(
			`${name}-glue`,
			{
				name: `${name}-glue`,
				encryptionConfiguration: {
					cloudwatchEncryption: { cloudwatchEncryptionMode: "SSE-KMS", ...encryption },
					jobBookmarksEncryption: { jobBookmarksEncryptionMode: "CSE-KMS", ...encryption },
					s3Encryption: { s3EncryptionMode: "SSE-KMS", ...encryption },
				},
			},
			// AWS changes none, and its name is fixed.
			{ parent: this, deleteBeforeReplace: true },
		).name;
		this.registerOutputs({ keyArn: this.keyArn });
	}
}
