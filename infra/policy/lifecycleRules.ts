import { encrypted } from "./dataKinds.ts";
import { type Declared, isOfCloud, type Rule } from "./rule.ts";

/** What the second update meets, and the last one. */

/**
 * Inputs that AWS, a crawler or another resource adds to, or that are looked up and change by themselves. Where one is given
 * in part, every update takes the rest away again, or fails since that is not to be had.
 */
const writtenByOthers: Readonly<Record<string, readonly string[]>> = {
	"aws:ec2/instance:Instance": ["ami"],
	"aws:ec2/routeTable:RouteTable": ["routes"],
	"aws:ec2/securityGroup:SecurityGroup": ["egress", "ingress"],
	"aws:glue/catalogTable:CatalogTable": ["parameters", "storageDescriptor"],
	"aws:iam/role:Role": ["inlinePolicies", "managedPolicyArns"],
	"aws:kinesis/stream:Stream": ["shardCount"],
	"aws:rds/cluster:Cluster": ["availabilityZones"],
	// By the schemas of the definition, which grow; a database that RDS makes at first is not made again.
	"aws:rds/instance:Instance": ["dbName"],
	"aws:redshiftserverless/workgroup:Workgroup": ["configParameters"],
	"aws:s3/bucket:Bucket": [
		"corsRules",
		"lifecycleRules",
		"loggings",
		"policy",
		"serverSideEncryptionConfiguration",
		"versioning",
	],
};

export const noContestedInputs: Rule = {
	name: "no-contested-inputs",
	resource: ({ type, name, inputs, options }) =>
		(writtenByOthers[type] ?? [])
			.filter((key) => inputs[key] !== undefined && !options.ignoreChanges.includes(key))
			.map((key) => `${name} sets ${key}, which others also write: leave it out, or ignore its changes`),
};

/** Inputs that name a version, by the one that lets AWS upgrade it; all of these default to true. */
const upgraded: Readonly<Record<string, readonly [version: string, automatic: string]>> = {
	"aws:dms/replicationInstance:ReplicationInstance": ["engineVersion", "autoMinorVersionUpgrade"],
	"aws:elasticache/replicationGroup:ReplicationGroup": ["engineVersion", "autoMinorVersionUpgrade"],
	"aws:rds/clusterInstance:ClusterInstance": ["engineVersion", "autoMinorVersionUpgrade"],
	"aws:rds/instance:Instance": ["engineVersion", "autoMinorVersionUpgrade"],
	"aws:redshift/cluster:Cluster": ["clusterVersion", "allowVersionUpgrade"],
};

/** A version of RDS by its first parts stays what it is through upgrades: the provider compares those parts only. */
const isPrefix = (type: string, version: unknown): boolean =>
	type.startsWith("aws:rds/") && /^\d+(\.\d+)?$/.test(String(version));

export const noDriftingVersion: Rule = {
	name: "no-drifting-version",
	resource: ({ type, name, inputs, options }) => {
		const [version = "", automatic = ""] = upgraded[type] ?? [];
		const pinned = inputs[version];
		if (pinned === undefined || inputs[automatic] === false || options.ignoreChanges.includes(version)) return [];
		return isPrefix(type, pinned) ? [] : [`${name} pins ${version} ${pinned}, but lets AWS upgrade it`];
	},
};

/** What encrypts or carries data and keeps none that is not elsewhere; or that can be restored once it is deleted. */
const passing = new Set([
	"aws:athena/workgroup:Workgroup",
	"aws:cloudwatch/logGroup:LogGroup",
	"aws:dms/endpoint:Endpoint",
	"aws:dms/replicationInstance:ReplicationInstance",
	"aws:dms/s3Endpoint:S3Endpoint",
	"aws:ec2/instance:Instance",
	"aws:glue/connection:Connection",
	"aws:glue/crawler:Crawler",
	"aws:glue/job:Job",
	"aws:glue/securityConfiguration:SecurityConfiguration",
	"aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
	"aws:kinesis/stream:Stream",
	"aws:quicksight/dataSource:DataSource",
	"aws:rds/parameterGroup:ParameterGroup",
	"aws:redshift/parameterGroup:ParameterGroup",
	"aws:redshiftserverless/workgroup:Workgroup",
	"aws:scheduler/schedule:Schedule",
	"aws:secretsmanager/secret:Secret",
	"aws:sfn/stateMachine:StateMachine",
	"aws:sns/topic:Topic",
]);
const alsoKept = ["aws:glue/catalogDatabase:CatalogDatabase", "aws:s3/bucket:Bucket"];
/** Every kind that holds data, unless somebody has said that it does not. */
const kept = new Set([...Object.keys(encrypted).filter((type) => !passing.has(type)), ...alsoKept]);

/** A stack whose buckets are not emptied is kept: `destroy` has to refuse before it deletes anything, not on its way. */
export const dataProtected: Rule = {
	name: "data-protected",
	stack: (resources) => {
		const buckets = resources.filter(({ type }) => type === "aws:s3/bucket:Bucket");
		if (buckets.every(({ outputs }) => outputs.forceDestroy === true)) return [];
		return resources
			.filter(({ type, options }) => kept.has(type) && !options.protect)
			.map(({ name }) => `${name} holds data and is not protected: destroying the stack would delete it`);
	},
};

/** Whether a resource has a name that no second one can have, and inputs that AWS cannot change. */
const oneAtATime: Readonly<Record<string, (resource: Declared) => boolean>> = {
	"aws:dms/certificate:Certificate": ({ inputs }) => !/-[0-9a-f]{16}$/.test(String(inputs.certificateId)),
	"aws:dms/endpoint:Endpoint": () => true,
	"aws:dms/replicationTask:ReplicationTask": () => true,
	"aws:ec2/instance:Instance": ({ inputs }) =>
		inputs.primaryNetworkInterface !== undefined || inputs.networkInterfaces !== undefined,
	"aws:glue/catalogTable:CatalogTable": () => true,
	"aws:glue/securityConfiguration:SecurityConfiguration": () => true,
	// Firehose reads another stream only as another delivery.
	"aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": ({ inputs }) =>
		inputs.kinesisSourceConfiguration !== undefined,
	// What the old grant had of the new one would be revoked after that was made.
	"aws:lakeformation/permissions:Permissions": () => true,
	"aws:lakeformation/resource:Resource": () => true,
	"aws:quicksight/dataSource:DataSource": ({ inputs }) => inputs.credentials !== undefined,
};

export const replaceable: Rule = {
	name: "replaceable",
	resource: (resource) =>
		oneAtATime[resource.type]?.(resource) === true && !resource.options.deleteBeforeReplace
			? [`${resource.name} cannot stand beside what it replaces: set deleteBeforeReplace`]
			: [],
};

/** DMS changes no endpoint of a running task, and the CLI starts tasks: the provider has to stop them in between. */
export const pausingEndpoints: Rule = {
	name: "pausing-endpoints",
	resource: ({ type, name, inputs }) =>
		type === "aws:dms/endpoint:Endpoint" && inputs.pauseReplicationTasks !== true
			? [`${name} cannot be changed while its task is running: set pauseReplicationTasks`]
			: [],
};

/**
 * Documents that grow with the definition, and the characters that AWS takes. Roles get their policies' sum.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const longest: Readonly<Record<string, readonly [input: string, most: number]>> = {
	"aws:athena/namedQuery:NamedQuery": ["query", 262_144],
	"aws:cloudwatch/eventRule:EventRule": ["eventPattern", 2_048],
	"aws:ec2/instance:Instance": ["userData", 16_384],
	"aws:ec2/vpcEndpoint:VpcEndpoint": ["policy", 20_480],
	"aws:glue/dataQualityRuleset:DataQualityRuleset": ["ruleset", 65_536],
	"aws:iam/role:Role": ["assumeRolePolicy", 2_048],
	"aws:kms/key:Key": ["policy", 32_768],
	"aws:s3/bucketPolicy:BucketPolicy": ["policy", 20_480],
	"aws:sfn/stateMachine:StateMachine": ["definition", 1_048_576],
	"aws:sns/topicPolicy:TopicPolicy": ["policy", 30_720],
};

/** Of all inline policies of a role, AWS takes 10,240 characters: the rest is for what a next version grants. */
const mostOfRole = 8_000;

export const boundedDocuments: Rule = {
	name: "bounded-documents",
	resource: (resource) => {
		const [input = "", most = 0] = longest[resource.type] ?? [];
		const document = isOfCloud(resource) ? resource.inputs[input] : undefined;
		if (typeof document !== "string" || document.length <= most) return [];
		return [`${resource.name} has ${document.length} characters of ${input}, but AWS allows ${most}`];
	},
	stack: (resources) => {
		const lengths = new Map<string, number>();
		for (const { type, outputs } of resources) {
			if (type !== "aws:iam/rolePolicy:RolePolicy") continue;
			const role = String(outputs.role);
			// White space is not counted.
			lengths.set(role, (lengths.get(role) ?? 0) + String(outputs.policy).replaceAll(/\s/g, "").length);
		}
		return [...lengths]
			.filter(([, length]) => length > mostOfRole)
			.map(([role, length]) => `the role ${role} has policies of ${length} characters: grant by prefix, not by name`);
	},
};

/** What names of states are looked for in: a machine, a branch, or what each item of a list goes through. */
interface States {
	States?: Readonly<Record<string, { Branches?: States[]; ItemProcessor?: States; Iterator?: States }>>;
}

function stateNames({ States = {} }: States): string[] {
	return Object.entries(States).flatMap(([name, { Branches = [], ItemProcessor, Iterator }]) => [
		name,
		...[...Branches, ItemProcessor ?? {}, Iterator ?? {}].flatMap(stateNames),
	]);
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html */
const longestStateName = 80;

export const namedStates: Rule = {
	name: "named-states",
	resource: ({ type, name, inputs }) => {
		const { definition } = inputs;
		if (type !== "aws:sfn/stateMachine:StateMachine" || typeof definition !== "string") return [];
		const names = stateNames(JSON.parse(definition) as States);
		const repeated = new Set(names.filter((state, index) => names.indexOf(state) !== index));
		return [
			...[...repeated].map((state) => `${name} has several states "${state}", but state names must be unique`),
			...names
				.filter((state) => [...state].length > longestStateName)
				.map((state) => `${name} has a state "${state}", longer than ${longestStateName} characters`),
		];
	},
};
