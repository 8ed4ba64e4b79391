import { generatedSecret, mockedId, testPlace } from "../testing/mockedCloud.ts";
import type { Program, Registered } from "../testing/program.ts";
import { dataless, encrypted } from "./dataKinds.ts";

/** A rule over all that a program makes. It gives what breaks it, one line each. */
export type Rule = (program: Program) => string[];

interface Statement {
	Effect: string;
	Principal?: unknown;
	Action?: string | string[];
	Resource?: string | string[];
	NotAction?: unknown;
	NotResource?: unknown;
	Condition?: unknown;
}

const list = (value: string | string[] | undefined): string[] => (typeof value === "string" ? [value] : (value ?? []));

/** Inputs that hold policy documents, by type. */
const policyInputs: Record<string, string> = {
	"aws:iam/role:Role": "assumeRolePolicy",
	"aws:iam/rolePolicy:RolePolicy": "policy",
	"aws:kms/key:Key": "policy",
	"aws:s3/bucketPolicy:BucketPolicy": "policy",
	"aws:sns/topicPolicy:TopicPolicy": "policy",
};

function allowed(program: Program, types: string[] = Object.keys(policyInputs)): [Registered, Statement][] {
	return types.flatMap((type) =>
		program.ofType(type).flatMap((resource) => {
			const document = JSON.parse(String(resource.inputs[policyInputs[type] ?? ""])) as { Statement: Statement[] };
			return document.Statement.filter(({ Effect }) => Effect === "Allow").map((statement): [Registered, Statement] => [
				resource,
				statement,
			]);
		}),
	);
}

/**
 * No action of `*`, no `service:*` on everything, and nothing allowed by what it is not. A key's policy names itself by
 * `*`, and gives it to IAM.
 */
const noWildcards: Rule = (program) =>
	allowed(program)
		.filter(([{ type }, { Action, Resource, NotAction, NotResource }]) => {
			if (NotAction !== undefined || NotResource !== undefined) return true;
			const everything = type !== "aws:kms/key:Key" && list(Resource).includes("*");
			return list(Action).some((action) => action === "*" || (everything && action.endsWith(":*")));
		})
		.map(([{ name }, { Action }]) => `${name} allows ${list(Action).join(", ")} on everything`);

/** The two that DMS demands are service roles' policies, not FullAccess. */
const noManagedPolicies: Rule = (program) => [
	...program
		.ofType("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
		.filter(
			({ inputs }) =>
				!/:policy\/service-role\/AmazonDMS(VPCManagement|CloudWatchLogs)Role$/.test(String(inputs.policyArn)),
		)
		.map(({ name, inputs }) => `${name} attaches ${inputs.policyArn}`),
	...program
		.ofType("aws:iam/role:Role")
		.filter(({ inputs }) => inputs.managedPolicyArns !== undefined)
		.map(({ name }) => `${name} attaches managed policies`),
];

const publicTypes = /:(InternetGateway|NatGateway|Eip|KeyPair)$/;
const publicFlags = ["publiclyAccessible", "mapPublicIpOnLaunch", "associatePublicIpAddress"];

const noPublicAccess: Rule = (program) => {
	const blocks = program.ofType("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock");
	const blocked = ({ inputs }: Registered): boolean =>
		["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"].every(
			(flag) => inputs[flag] === true,
		);
	// Two halves of everything are everything, too.
	const open = (value: unknown): boolean => /\/[0-7]$/.test(String(value));
	const everybody = (principal: unknown): boolean =>
		principal === "*" || list((principal as { AWS?: string | string[] } | undefined)?.AWS).includes("*");
	return [
		...program
			.ofType("aws:s3/bucket:Bucket")
			.filter(({ name }) => !blocks.some((block) => block.inputs.bucket === name && blocked(block)))
			.map(({ name }) => `${name} does not block public access`),
		...program.resources.filter(({ type }) => publicTypes.test(type)).map(({ name, type }) => `${name} is a ${type}`),
		...program.resources.flatMap(({ name, inputs }) =>
			publicFlags.filter((flag) => inputs[flag] === true).map((flag) => `${name} is ${flag}`),
		),
		...program.resources
			.filter(
				({ type, inputs }) =>
					type.endsWith(":SecurityGroupIngressRule") && (open(inputs.cidrIpv4) || open(inputs.cidrIpv6)),
			)
			.map(({ name }) => `${name} admits everybody`),
		...program
			.ofType("aws:ec2/securityGroup:SecurityGroup")
			.filter(({ inputs }) => inputs.ingress !== undefined || inputs.egress !== undefined)
			.map(({ name }) => `${name} has rules of its own, which no rule here sees`),
		...program
			.ofType("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")
			.filter(({ inputs }) => JSON.stringify([inputs.ingress, inputs.egress]) !== "[[],[]]")
			.map(({ name }) => `${name} admits somebody`),
		...allowed(program)
			.filter(([, { Principal }]) => everybody(Principal))
			.map(([{ name }]) => `${name} allows everybody`),
	];
};

const everythingEncrypted: Rule = (program) => {
	const configurations = program.ofType(
		"aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
	);
	const policies = program.ofType("aws:s3/bucketPolicy:BucketPolicy");
	return [
		...ofCloud(program).flatMap(({ name, type, inputs }) => {
			const test = encrypted[type];
			if (test) return test(inputs) ? [] : [`${name} is not encrypted`];
			return dataless.has(type) ? [] : [`${name}: say in this rule whether a ${type} holds data`];
		}),
		...program
			.ofType("aws:s3/bucket:Bucket")
			.flatMap(({ name }) => [
				...(configurations.some(({ inputs }) => inputs.bucket === name) ? [] : [`${name} has no encryption`]),
				...(policies.some(
					({ inputs }) => inputs.bucket === name && String(inputs.policy).includes('"aws:SecureTransport":"false"'),
				)
					? []
					: [`${name} takes requests without TLS`]),
			]),
	];
};

/** AWS documents no condition for these: an instance's own role, and QuickSight's. */
const unguarded = [/^ec2\./, /^quicksight\./];

const guardedTrust: Rule = (program) =>
	allowed(program, ["aws:iam/role:Role"])
		.filter(([, { Principal, Condition }]) => {
			const services = list((Principal as { Service?: string | string[] } | undefined)?.Service);
			const exempt =
				services.length > 0 && services.every((service) => unguarded.some((pattern) => pattern.test(service)));
			return !exempt && !JSON.stringify(Condition ?? {}).includes(testPlace.accountId);
		})
		.map(([{ name }]) => `${name} can be assumed on behalf of any account`);

function ofCloud(program: Program): Registered[] {
	return program.resources.filter(({ custom, type }) => custom && /^aws(-native)?:/.test(type));
}

const standardTags: Rule = (program) => {
	const tagging = new Set(
		program.resources
			.filter(({ type, inputs }) => {
				const tags = (typeof inputs.defaultTags === "string" ? JSON.parse(inputs.defaultTags) : {}) as {
					tags?: object;
				};
				return (
					type.startsWith("pulumi:providers:") &&
					["Project", "Stack", "ManagedBy"].every((tag) => tag in (tags.tags ?? {}))
				);
			})
			.map(({ type, name }) => `${type.split(":").at(-1)}/${name}`),
	);
	return ofCloud(program)
		.filter(({ type, provider }) => !tagging.has(`${type.split(":")[0]}/${provider}`))
		.map(({ name }) => `${name} does not get the standard tags`);
};

/** A region's name that is not the tests' own, or the ARN of a fixed partition. */
const portable: Rule = (program) =>
	ofCloud(program).flatMap(({ name, inputs }) => {
		const text = JSON.stringify(inputs);
		const arns = text.match(/arn:aws(-cn|-us-gov)?:[^"]*/g) ?? [];
		const regions = (
			text.match(
				/\b(af|ap|ca|cn|eu|il|me|mx|sa|us)(-gov)?-(central|east|north|northeast|northwest|south|southeast|southwest|west)-\d\b/g,
			) ?? []
		).filter((region) => region !== testPlace.region);
		return [...arns, ...regions].map((found) => `${name} holds ${found}`);
	});

const secretKeys = /(password|secretString|privateKeyPem|userPassword)$/i;

const noPlainSecrets: Rule = (program) =>
	program.resources
		.filter(({ custom }) => custom)
		.flatMap(({ name, inputs, secrets }) =>
			leaves(inputs, "")
				.filter(([path, value]) => {
					const kept = secrets.some(
						(secret) => path === secret || path.startsWith(`${secret}.`) || path.startsWith(`${secret}[`),
					);
					return !kept && typeof value === "string" && (value.includes(generatedSecret) || secretKeys.test(path));
				})
				.map(([path]) => `${name} has a secret in plain text at ${path}`),
		);

function leaves(value: unknown, path: string): [string, unknown][] {
	if (typeof value !== "object" || value === null) return [[path, value]];
	return Object.entries(value).flatMap(([key, item]) =>
		leaves(item, Array.isArray(value) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`),
	);
}

/** In a VPC of ours the gateway to S3 leads to named buckets, and what is refused is logged. */
const boundedNetwork: Rule = (program) =>
	program.ofType("aws:ec2/vpc:Vpc").flatMap(({ name }) => {
		const within = ({ inputs }: Registered): boolean => inputs.vpcId === mockedId("aws:ec2/vpc:Vpc", name);
		const gateways = program
			.ofType("aws:ec2/vpcEndpoint:VpcEndpoint")
			.filter((endpoint) => within(endpoint) && endpoint.inputs.vpcEndpointType === "Gateway");
		const unbounded = gateways.filter(({ inputs }) => {
			const { Statement: statements } = JSON.parse(String(inputs.policy ?? '{"Statement":[{"Resource":"*"}]}')) as {
				Statement: Statement[];
			};
			return statements.some(({ Action, Resource, Condition }) => {
				const reads = list(Action).every((action) => action === "s3:GetObject");
				const ours = JSON.stringify(Condition ?? {}).includes(testPlace.accountId);
				return list(Resource).includes("*") || !(reads || ours);
			});
		});
		return [
			...unbounded.map((endpoint) => `${endpoint.name} leads to any bucket`),
			...(program.ofType("aws:ec2/flowLog:FlowLog").some(within) ? [] : [`${name} has no flow log`]),
		];
	});

/** Every rule, by what it forbids. */
export const rules = {
	"an action of * on everything": noWildcards,
	"a managed policy": noManagedPolicies,
	"public access": noPublicAccess,
	"something unencrypted": everythingEncrypted,
	"a role that a confused deputy could assume": guardedTrust,
	"a resource without the standard tags": standardTags,
	"a fixed partition or region": portable,
	"a secret in a plain property": noPlainSecrets,
	"a network without bounds": boundedNetwork,
} satisfies Record<string, Rule>;
