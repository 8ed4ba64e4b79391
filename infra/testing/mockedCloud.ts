/**
 * What the cloud answers in tests: ARNs, names and addresses made of the resource's own name, at a place that exists
 * nowhere, so that a partition or region written into the program shows.
 */

export const testEnvironment = {
	partition: "aws-test",
	dnsSuffix: "amazonaws.test",
	region: "eu-central-1",
	accountId: "111122223333",
};

/** Stands for every generated secret; it must turn up in secret inputs only. */
export const generatedSecret = "GENERATED-SECRET";

/** Names by which resources refer to each other, where it is not `name`. */
const identifiers: Record<string, string> = {
	"aws:s3/bucket:Bucket": "bucket",
	"aws:dms/replicationInstance:ReplicationInstance": "replicationInstanceId",
	"aws:dms/replicationTask:ReplicationTask": "replicationTaskId",
	"aws:redshift/cluster:Cluster": "clusterIdentifier",
};

/** Outputs that the program uses, besides inputs, `arn`, `name` and `id`. */
function computed(type: string, name: string, arn: string): Record<string, unknown> {
	switch (type) {
		case "aws:dms/endpoint:Endpoint":
		case "aws:dms/s3Endpoint:S3Endpoint":
			return { endpointArn: arn };
		case "aws:dms/certificate:Certificate":
			return { certificateArn: arn };
		case "aws:dms/replicationInstance:ReplicationInstance":
			return { replicationInstanceArn: arn };
		case "aws:dms/replicationTask:ReplicationTask":
			return { replicationTaskArn: arn.replace(/:(?=[^:]*$)/, ":task:") };
		case "aws:ec2/networkInterface:NetworkInterface":
			return { privateIp: "10.40.0.10" };
		case "aws:ec2/vpcEndpoint:VpcEndpoint":
			return { prefixListId: `pl-${name}` };
		case "aws:kms/key:Key":
			return { keyId: `${name}-key-id` };
		case "aws:rds/instance:Instance":
			return { address: `${name}.rds.test`, port: 3306 };
		case "aws:secretsmanager/secretVersion:SecretVersion":
			// Its ARN is the secret's.
			return { arn: arn.replace("-value-AbCdEf", "-AbCdEf") };
		case "aws:redshift/cluster:Cluster":
			return { dnsName: `${name}.redshift.test`, masterPasswordSecretArn: secretArn(name) };
		case "aws:redshiftserverless/namespace:Namespace":
			return { adminPasswordSecretArn: secretArn(name) };
		case "aws:redshiftserverless/workgroup:Workgroup":
			return { endpoints: [{ address: `${name}.redshift-serverless.test`, port: 5439 }] };
		case "random:index/randomPassword:RandomPassword":
			return { result: generatedSecret };
		case "random:index/randomString:RandomString":
			return { result: `${name}0` };
		case "tls:index/privateKey:PrivateKey":
			return { privateKeyPem: generatedSecret };
		case "tls:index/selfSignedCert:SelfSignedCert":
		case "tls:index/locallySignedCert:LocallySignedCert":
			return { certPem: `PEM of ${name}` };
		case "tls:index/certRequest:CertRequest":
			return { certRequestPem: `request of ${name}` };
		default:
			return {};
	}
}

/** Forms of ARNs, as far as judges of policies look at them. */
const forms: Record<string, string> = {
	"aws:cloudwatch/logGroup:LogGroup": "arn:P:logs:R:A:log-group:N",
	"aws:iam/role:Role": "arn:P:iam::A:role/N",
	"aws:kinesis/stream:Stream": "arn:P:kinesis:R:A:stream/N",
	"aws:kms/key:Key": "arn:P:kms:R:A:key/N",
	"aws:s3/bucket:Bucket": "arn:P:s3:::N",
	"aws:secretsmanager/secret:Secret": "arn:P:secretsmanager:R:A:secret:N-AbCdEf",
	"aws:secretsmanager/secretVersion:SecretVersion": "arn:P:secretsmanager:R:A:secret:N-AbCdEf",
	"aws:sfn/stateMachine:StateMachine": "arn:P:states:R:A:stateMachine:N",
};

function mockedArn(type: string, service: string, name: string): string {
	const { partition, region, accountId } = testEnvironment;
	return (forms[type] ?? `arn:P:${service}:R:A:N`)
		.replace(":P:", `:${partition}:`)
		.replace(":R:", `:${region}:`)
		.replace(":A:", `:${accountId}:`)
		.replace(/\bN\b/, name);
}

const secretArn = (name: string): string => mockedArn("aws:secretsmanager/secret:Secret", "", name);

/** Identifier of a resource after it was made; where AWS makes it up, of AWS's form. */
export function mockedId(type: string, name: string): string {
	const prefix = { "aws:ec2/subnet:Subnet": "subnet", "aws:ec2/securityGroup:SecurityGroup": "sg" }[type];
	return prefix === undefined ? `${name}-id` : `${prefix}-${name.replaceAll(/[^a-z0-9]/g, "")}`;
}

/** State of a resource after it was made. */
export function mockedState(type: string, name: string, inputs: Record<string, unknown>): Record<string, unknown> {
	const service = type.split(":")[1]?.split("/")[0] ?? "";
	const given = identifiers[type] ?? "name";
	const own = typeof inputs[given] === "string" ? inputs[given] : name;
	const arn = mockedArn(type, service, own);
	return { name: own, [given]: own, arn, ...inputs, ...computed(type, name, arn) };
}

/** Answer of a look-up. */
export function mockedCall(token: string, inputs: Record<string, unknown>): Record<string, unknown> {
	const { partition, dnsSuffix, region, accountId } = testEnvironment;
	switch (token) {
		case "aws:index/getPartition:getPartition":
			return { partition, dnsSuffix };
		case "aws:index/getRegion:getRegion":
			return { region };
		case "aws:index/getCallerIdentity:getCallerIdentity":
			return { accountId };
		case "aws:index/getAvailabilityZones:getAvailabilityZones":
			return { names: ["a", "b", "c", "d"].map((zone) => `${region}${zone}`) };
		case "aws:ec2/getVpcEndpointService:getVpcEndpointService":
			return mockedService(inputs.serviceName, region);
		case "aws:ec2/getSubnet:getSubnet":
			return { id: inputs.id, availabilityZone: `${region}${subnetZone(String(inputs.id))}` };
		// An account in which nobody has used DMS.
		case "aws:iam/getRoles:getRoles":
			return { names: [], arns: [] };
		case "aws:ssm/getParameter:getParameter":
			return { value: "ami-0123456789abcdef0" };
		default:
			throw new Error(`the tests know no answer to ${token}`);
	}
}

/** In the region's first four zones. */
function mockedService(serviceName: unknown, region: string) {
	return { serviceName, availabilityZones: ["a", "b", "c", "d"].map((zone) => `${region}${zone}`) };
}

/** By the last character of its id, which is a number or the zone's own letter. */
function subnetZone(id: string): string {
	const last = id.at(-1) ?? "a";
	return /[1-9]/.test(last) ? (" abcdefghi"[Number(last)] ?? "a") : last;
}
