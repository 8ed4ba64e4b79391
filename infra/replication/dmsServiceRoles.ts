import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { currentEnvironment, managedPolicyArn } from "../shared/awsEnvironment.ts";
import { trustPolicy } from "../shared/trustPolicy.ts";

/**
 * The two roles that DMS looks for by name, once an account: `dms-vpc-role` for its network interfaces and
 * `dms-cloudwatch-logs-role` for task logs. Their rights are AWS's own policies for service roles, as DMS demands.
 * https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Security.html#CHAP_Security.APIRole
 *
 * A role that the account has is taken as it is; one that it lacks is made. Which stack made it stands in its tags, so
 * that this stack continues to declare it. It stays when the stack goes, since every other stack of the account, in
 * whatever region, needs it; a stack of the same name takes it back by import.
 *
 * Defaults: none; it has no arguments.
 *
 * Danger: none; what is left of a destroyed stack are these two roles.
 *
 * Cost: none.
 */
export class DmsServiceRoles extends pulumi.ComponentResource {
	/** What a subnet group and an instance wait for. */
	readonly ready: pulumi.Output<pulumi.Resource[]>;

	constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
		super("analytics:replication:DmsServiceRoles", name, {}, opts);
		// A list is not an error where the account has none of them.
		const nameRegex = `^(${roles.map(({ role }) => role).join("|")})$`;
		this.ready = aws.iam
			.getRolesOutput({ nameRegex }, { parent: this })
			.apply(({ names }) =>
				pulumi.all(
					roles.map(({ role, policy }) => {
						if (!names.includes(role)) return pulumi.output([this.#declare(name, role, policy)]);
						return aws.iam
							.getRoleOutput({ name: role }, { parent: this })
							.apply(({ tags }) => (isOurs(tags) ? [this.#declare(name, role, policy, role)] : []));
					}),
				),
			)
			.apply((lists) => lists.flat());
		this.registerOutputs();
	}

	/** An import of what the stack has already is none. */
	#declare(name: string, roleName: string, policy: string, existing?: string): pulumi.Resource {
		const environment = currentEnvironment(this);
		const options = { parent: this, retainOnDelete: true };
		const role = new aws.iam.Role(
			`${name}-${roleName}`,
			{
				name: roleName,
				description: "Looked for by DMS by its name",
				assumeRolePolicy: environment.apply((at) => trustPolicy("dms-of-account", at)),
			},
			existing === undefined ? options : { ...options, import: existing },
		);
		return new aws.iam.RolePolicyAttachment(
			`${name}-${roleName}-policy`,
			{ role: role.name, policyArn: environment.apply((at) => managedPolicyArn(at, `service-role/${policy}`)) },
			options,
		);
	}
}

/** By the standard tags, which every resource of a stack gets. */
function isOurs(tags: Readonly<Record<string, string>>): boolean {
	return tags.Project === pulumi.getProject() && tags.Stack === pulumi.getStack();
}

const roles = [
	{ role: "dms-vpc-role", policy: "AmazonDMSVPCManagementRole" },
	{ role: "dms-cloudwatch-logs-role", policy: "AmazonDMSCloudWatchLogsRole" },
];
