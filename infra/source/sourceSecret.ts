import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

export interface SourceSecretArgs {
	username: string;
	kmsKeyArn: pulumi.Input<string>;
	/** Whether the secret goes at once with the stack. Otherwise it can be restored for 30 days. */
	disposable: boolean;
}

/**
 * A generated password and the secret in which it stands as DMS and Glue read it: username, password, host, port.
 * https://docs.aws.amazon.com/dms/latest/userguide/security_iam_secretsmanager.html
 *
 * Defaults: none; every argument is given.
 *
 * Danger: a new password reaches a server on RDS with the same update, and one on EC2 not at all.
 *
 * Cost: $0.40 a month.
 */
export class SourceSecret extends pulumi.ComponentResource {
	readonly arn: pulumi.Output<string>;
	readonly password: pulumi.Output<string>;
	readonly #name: string;
	readonly #secret: aws.secretsmanager.Secret;
	readonly #username: string;

	constructor(name: string, args: SourceSecretArgs, opts?: pulumi.ComponentResourceOptions) {
		super("analytics:sourceDatabase:SourceSecret", name, {}, opts);
		// Letters and digits only: connection strings need no quoting.
		this.password = new random.RandomPassword(
			`${name}-password`,
			{ length: 32, special: false },
			{ parent: this },
		).result;
		this.#secret = new aws.secretsmanager.Secret(
			name,
			{
				description: "Source database: username, password, host, port",
				kmsKeyId: args.kmsKeyArn,
				recoveryWindowInDays: args.disposable ? 0 : 30,
			},
			{ parent: this },
		);
		this.#name = name;
		this.#username = args.username;
		this.arn = this.#secret.arn;
		this.registerOutputs({ arn: this.arn });
	}

	/** Writes the secret, once the host is known. Whoever reads it waits for the result: the secret's ARN. */
	locate(host: pulumi.Input<string>, port: pulumi.Input<number>): pulumi.Output<string> {
		const version = new aws.secretsmanager.SecretVersion(
			`${this.#name}-value`,
			{
				secretId: this.#secret.id,
				secretString: pulumi.secret(
					pulumi.jsonStringify({ username: this.#username, password: this.password, host, port }),
				),
			},
			{ parent: this },
		);
		return version.arn;
	}
}
