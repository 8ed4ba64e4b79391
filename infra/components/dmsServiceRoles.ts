import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { currentPlace, managedPolicyArn } from "../place.ts";
import { trustPolicy } from "../trustPolicy.ts";

export interface DmsServiceRolesArgs {
	/** Make the roles; false takes those that the account has. One stack an account may make them. */
	create: boolean;
}

/**
 * The two roles that DMS looks for by name, once an account: `dms-vpc-role` for its network interfaces and
 * `dms-cloudwatch-logs-role` for task logs. Their rights are AWS's own policies for service roles, as DMS demands.
 * https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Security.html#CHAP_Security.APIRole
 *
 * Danger: they go with the stack that made them, and every other stack of the account needs them: let the one that lives
 * longest make them.
 *
 * Cost: none.
 */
export class DmsServiceRoles extends pulumi.ComponentResource {
	/** What a subnet group and an instance wait for. */
	readonly ready: pulumi.Resource[];

	constructor(name: string, args: DmsServiceRolesArgs, opts?: pulumi.ComponentResourceOptions) {
		super("analytics:replication:DmsServiceRoles", name, args, opts);
		this.ready = roles.map(({ role, policy }) =>
			args.create ? this.#create(name, role, policy) : this.#adopt(name, role),
		);
		this.registerOutputs();
	}

	#create(name: string, roleName: string, policy: string): pulumi.Resource {
		const place = currentPlace(this);
		const options = { parent: this };
		const role = new aws.iam.Role(
			`${name}-${roleName}`,
			{
				name: roleName,
				description: "Looked for by DMS by its name",
				assumeRolePolicy: place.apply((at) => trustPolicy("dms", at)),
			},
			options,
		);
		return new aws.iam.RolePolicyAttachment(
			`${name}-${roleName}-policy`,
			{ role: role.name, policyArn: place.apply((at) => managedPolicyArn(at, `service-role/${policy}`)) },
			options,
		);
	}

	/** Reads the role, so that a missing one is told here and not by DMS, twenty minutes later. */
	#adopt(name: string, roleName: string): pulumi.Resource {
		return aws.iam.Role.get(`${name}-${roleName}`, roleName, undefined, { parent: this });
	}
}

const roles = [
	{ role: "dms-vpc-role", policy: "AmazonDMSVPCManagementRole" },
	{ role: "dms-cloudwatch-logs-role", policy: "AmazonDMSCloudWatchLogsRole" },
];
