import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { encryptedSecret, generatedPassword, secretValue } from "../shared/secret.ts";

export interface SourceSecretArgs {
	/** User whose password is generated. */
	username: string;
	/** Key of the secret. */
	kmsKeyArn: pulumi.Input<string>;
	/** Whether the secret goes immediately with the stack. Otherwise it can be restored for 30 days. */
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
		this.password = generatedPassword(this, `${name}-password`);
		const description = "Source database: username, password, host, port";
		this.#secret = encryptedSecret(this, name, { ...args, description });
		this.#name = name;
		this.#username = args.username;
		this.arn = this.#secret.arn;
		this.registerOutputs({ arn: this.arn });
	}

	/** Writes the secret, once the host is known. Whoever reads it waits for the result: the secret's ARN. */
	locate(host: pulumi.Input<string>, port: pulumi.Input<number>): pulumi.Output<string> {
		const value = { username: this.#username, password: this.password, host, port };
		return secretValue(this, this.#name, this.#secret, value);
	}
}
