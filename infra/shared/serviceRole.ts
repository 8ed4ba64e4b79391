import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { currentEnvironment } from "./awsEnvironment.ts";
import { policyDocument, type Statement } from "./policyDocument.ts";
import { type TrustedService, trustPolicy } from "./trustPolicy.ts";

export interface ServiceRoleArgs {
	/** Who assumes the role. */
	service: TrustedService;
	/** What for. */
	description: string;
	/** All that the role may do. */
	statements: pulumi.Input<Statement[]>;
}

/** A role and its one inline policy. Whatever uses the role waits for the policy: `dependsOn: [role.policy]`. */
export interface ServiceRole {
	arn: pulumi.Output<string>;
	name: pulumi.Output<string>;
	policy: aws.iam.RolePolicy;
}

/**
 * Role that one AWS service assumes. No managed policy is ever attached: its statements are all that it may do, and where
 * Lake Formation governs the catalog, to get data from it (see `LakeFormation`).
 */
export function serviceRole(parent: pulumi.ComponentResource, name: string, args: ServiceRoleArgs): ServiceRole {
	const role = new aws.iam.Role(
		name,
		{
			description: args.description,
			assumeRolePolicy: currentEnvironment(parent).apply((environment) => trustPolicy(args.service, environment)),
		},
		{ parent },
	);
	const policy = new aws.iam.RolePolicy(
		`${name}-policy`,
		{ role: role.name, policy: pulumi.output(args.statements).apply(policyDocument) },
		{ parent },
	);
	return { arn: role.arn, name: role.name, policy };
}
