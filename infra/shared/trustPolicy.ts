import { type AwsEnvironment, arn } from "./awsEnvironment.ts";
import { type Condition, policyDocument, type Statement } from "./policyDocument.ts";

/**
 * Services that assume a role of ours. `dms-secrets` is the regional principal by which DMS reads Secrets Manager,
 * `dms-of-account` is DMS in any region of the account.
 */
export type TrustedService =
	| "dms"
	| "dms-of-account"
	| "dms-secrets"
	| "ec2"
	| "firehose"
	| "glue"
	| "lake-formation"
	| "quicksight"
	| "redshift"
	| "scheduler"
	| "states"
	| "vpc-flow-logs";

interface Trust {
	principals: (environment: AwsEnvironment) => string[];
	/** Guards against the confused deputy: only requests on behalf of this account. */
	condition?: (environment: AwsEnvironment) => Condition;
}

const service = (name: string) => (): string[] => [`${name}.amazonaws.com`];
const ofAccount = (environment: AwsEnvironment): Condition => ({
	StringEquals: { "aws:SourceAccount": environment.accountId },
});
const ofResources =
	(name: string, resource: string) =>
	(environment: AwsEnvironment): Condition => ({
		...ofAccount(environment),
		ArnLike: { "aws:SourceArn": arn(environment, name, resource) },
	});

const trusts: Record<TrustedService, Trust> = {
	// https://docs.aws.amazon.com/dms/latest/userguide/cross-service-confused-deputy-prevention.html
	dms: { principals: service("dms"), condition: ofResources("dms", "*") },
	"dms-of-account": {
		principals: service("dms"),
		condition: (environment) => ofResources("dms", "*")({ ...environment, region: "*" }),
	},
	// https://docs.aws.amazon.com/dms/latest/userguide/security_iam_secretsmanager.html
	"dms-secrets": {
		principals: (environment) => [`dms.${environment.region}.${environment.dnsSuffix}`],
		// The account alone: no page says that this principal names the resource for which it acts, and where it does not, no
		// endpoint could be made.
		condition: ofAccount,
	},
	// An instance profile has no source keys: EC2 assumes the role for the instance that carries it.
	ec2: { principals: (environment) => [`ec2.${environment.dnsSuffix}`] },
	// Firehose gives the account as external ID. https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html
	firehose: {
		principals: service("firehose"),
		condition: (environment) => ({ StringEquals: { "sts:ExternalId": environment.accountId } }),
	},
	// https://docs.aws.amazon.com/glue/latest/dg/cross-service-confused-deputy-prevention.html
	glue: { principals: service("glue"), condition: ofAccount },
	// Role by which a location is registered; both services hand out access to it. DataZone's own such role has the guard.
	// https://docs.aws.amazon.com/lake-formation/latest/dg/registration-role.html
	// https://docs.aws.amazon.com/datazone/latest/userguide/AmazonDataZoneS3Manage.html
	"lake-formation": {
		principals: () => ["glue.amazonaws.com", "lakeformation.amazonaws.com"],
		condition: ofAccount,
	},
	// QuickSight documents no source keys for the role of a VPC connection.
	quicksight: { principals: service("quicksight") },
	// Redshift gives the database user as external ID, which holds the account.
	// https://docs.aws.amazon.com/redshift/latest/mgmt/authorizing-redshift-service-database-users.html
	redshift: {
		principals: () => ["redshift.amazonaws.com", "redshift-serverless.amazonaws.com"],
		condition: (environment) => ({ StringLike: { "sts:ExternalId": arn(environment, "redshift", "dbuser:*") } }),
	},
	// https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
	scheduler: { principals: service("scheduler"), condition: ofAccount },
	// https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html
	states: { principals: service("states"), condition: ofResources("states", "stateMachine:*") },
	// https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
	"vpc-flow-logs": { principals: service("vpc-flow-logs"), condition: ofResources("ec2", "vpc-flow-log/*") },
};

/** Services for which AWS documents no condition key against the confused deputy. */
export const unguardedServices: readonly TrustedService[] = (Object.keys(trusts) as TrustedService[]).filter(
	(name) => trusts[name].condition === undefined,
);

/** Who may assume a role: one AWS service, acting for this account only where the service says for whom it acts. */
export function trustPolicy(name: TrustedService, environment: AwsEnvironment): string {
	const { principals, condition } = trusts[name];
	const names = principals(environment);
	const statement: Statement = {
		Sid: "AssumedByService",
		Effect: "Allow",
		Principal: { Service: names.length === 1 ? (names[0] ?? "") : names },
		Action: "sts:AssumeRole",
		...(condition ? { Condition: condition(environment) } : {}),
	};
	return policyDocument([statement]);
}
