import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

/** Letters and digits only: connection strings need no quoting. */
export function generatedPassword(parent: pulumi.Resource, name: string): pulumi.Output<string> {
	return new random.RandomPassword(name, { length: 32, special: false }, { parent }).result;
}

export interface SecretArgs {
	/** What is in it. */
	description: string;
	/** Key of the secret. */
	kmsKeyArn: pulumi.Input<string>;
	/** Whether the secret goes immediately with the stack. Otherwise it can be restored for 30 days. */
	disposable: boolean;
}

/** A secret, still without a value. */
export function encryptedSecret(parent: pulumi.Resource, name: string, args: SecretArgs): aws.secretsmanager.Secret {
	return new aws.secretsmanager.Secret(
		name,
		{
			description: args.description,
			kmsKeyId: args.kmsKeyArn,
			recoveryWindowInDays: args.disposable ? 0 : 30,
		},
		{ parent },
	);
}

/** Gives a secret its value, as JSON. Whoever reads it waits for the result: the secret's ARN. */
export function secretValue(
	parent: pulumi.Resource,
	name: string,
	secret: aws.secretsmanager.Secret,
	value: Readonly<Record<string, pulumi.Input<string | number>>>,
): pulumi.Output<string> {
	return new aws.secretsmanager.SecretVersion(
		`${name}-value`,
		{ secretId: secret.id, secretString: pulumi.secret(pulumi.jsonStringify(value)) },
		{ parent },
	).arn;
}
