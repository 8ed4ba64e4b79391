import { allowed, isOfOneAccount, listed, type Rule } from "./rule.ts";

/**
 * No action of `*`, no `service:*` on everything, and nothing allowed by what it is not. A key's policy names itself by
 * `*`, and gives it to IAM.
 */
export const noWildcards: Rule = {
	name: "no-wildcard-actions",
	resource: (resource) =>
		allowed(resource)
			.filter(({ Action, Resource, NotAction, NotResource }) => {
				if (NotAction !== undefined || NotResource !== undefined) return true;
				const everything = resource.type !== "aws:kms/key:Key" && listed(Resource).includes("*");
				return listed(Action).some((action) => action === "*" || (everything && action.endsWith(":*")));
			})
			.map(({ Action }) => `${resource.name} allows ${listed(Action).join(", ")} on all resources`),
};

/** The two that DMS demands are service roles' policies, not FullAccess. */
export const noManagedPolicies: Rule = {
	name: "no-managed-policies",
	resource: ({ type, name, inputs }) => {
		if (type === "aws:iam/role:Role") {
			return inputs.managedPolicyArns === undefined ? [] : [`${name} attaches managed policies`];
		}
		if (type !== "aws:iam/rolePolicyAttachment:RolePolicyAttachment") return [];
		const demanded = /:policy\/service-role\/AmazonDMS(VPCManagement|CloudWatchLogs)Role$/;
		return demanded.test(String(inputs.policyArn)) ? [] : [`${name} attaches ${inputs.policyArn}`];
	},
};

/** AWS documents no condition for these: an instance's own role, and QuickSight's. */
const unguarded = [/^ec2\./, /^quicksight\./];

export const guardedTrust: Rule = {
	name: "guarded-trust",
	resource: (resource, context) => {
		if (resource.type !== "aws:iam/role:Role") return [];
		return allowed(resource)
			.filter(({ Principal, Condition }) => {
				const services = listed((Principal as { Service?: string | string[] } | undefined)?.Service);
				const exempt =
					services.length > 0 && services.every((service) => unguarded.some((pattern) => pattern.test(service)));
				return !exempt && !isOfOneAccount(Condition, context);
			})
			.map(() => `${resource.name} can be assumed on behalf of any account`);
	},
};
