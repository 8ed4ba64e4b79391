import {
	allowed,
	type Context,
	type Declared,
	isOfOneAccount,
	listed,
	type Made,
	type Rule,
	statementsOf,
} from "./rule.ts";

const publicTypes = /:(InternetGateway|NatGateway|Eip|KeyPair)$/;
const publicFlags = ["publiclyAccessible", "mapPublicIpOnLaunch", "associatePublicIpAddress"];
const blocks = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

export const noPublicAccess: Rule = {
	name: "no-public-access",
	resource: (resource) => {
		const { type, name, inputs } = resource;
		return [
			...(publicTypes.test(type) ? [`${name} is a ${type}`] : []),
			...publicFlags.filter((flag) => inputs[flag] === true).map((flag) => `${name} is ${flag}`),
			...groupFaults(resource),
			...allowed(resource)
				.filter(({ Principal }) => isEverybody(Principal))
				.map(() => `${name} allows everyone`),
		];
	},
	stack: (resources) => {
		const blocked = resources
			.filter(({ type }) => type === "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock")
			.filter(({ outputs }) => blocks.every((flag) => outputs[flag] === true));
		return resources
			.filter(({ type }) => type === "aws:s3/bucket:Bucket")
			.filter((bucket) => !blocked.some(({ outputs }) => outputs.bucket === bucket.outputs.bucket))
			.map(({ name }) => `${name} does not block public access`);
	},
};

function groupFaults({ type, name, inputs }: Declared): string[] {
	switch (type) {
		case "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule":
			return isOpen(inputs.cidrIpv4) || isOpen(inputs.cidrIpv6) ? [`${name} allows traffic from everyone`] : [];
		case "aws:ec2/securityGroup:SecurityGroup":
			return inputs.ingress === undefined && inputs.egress === undefined
				? []
				: [`${name} has inline rules, which this policy cannot check`];
		case "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup":
			return JSON.stringify([inputs.ingress, inputs.egress]) === "[[],[]]" ? [] : [`${name} allows inbound traffic`];
		default:
			return [];
	}
}

/** Two halves of everything are everything, too. */
function isOpen(range: unknown): boolean {
	return /\/[0-7]$/.test(String(range));
}

function isEverybody(principal: unknown): boolean {
	return principal === "*" || listed((principal as { AWS?: string | string[] } | undefined)?.AWS).includes("*");
}

/** In a VPC of ours the gateway to S3 leads to named buckets, and what is refused is logged. */
export const boundedNetwork: Rule = {
	name: "bounded-network",
	stack: (resources, context) =>
		resources
			.filter(({ type }) => type === "aws:ec2/vpc:Vpc")
			.flatMap((vpc) => {
				const within = resources.filter(({ outputs }) => outputs.vpcId === vpc.outputs.id);
				const gateways = within.filter(
					({ type, outputs }) => type === "aws:ec2/vpcEndpoint:VpcEndpoint" && outputs.vpcEndpointType === "Gateway",
				);
				return [
					...gateways
						.filter((gateway) => isUnbounded(gateway, context))
						.map(({ name }) => `${name} leads to any bucket`),
					...(within.some(({ type }) => type === "aws:ec2/flowLog:FlowLog") ? [] : [`${vpc.name} has no flow log`]),
				];
			}),
};

function isUnbounded({ outputs }: Made, context: Context): boolean {
	const statements = statementsOf(outputs.policy ?? '{"Statement":[{"Resource":"*"}]}');
	return statements.some(({ Action, Resource, Condition }) => {
		const reads = listed(Action).every((action) => action === "s3:GetObject");
		return listed(Resource).includes("*") || !(reads || isOfOneAccount(Condition, context));
	});
}
