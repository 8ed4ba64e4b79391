import { mockedId, mockedState, testEnvironment } from "../../infra/testing/mockedCloud.ts";
import type { Made, Registered } from "../../infra/testing/program.ts";
import { repositoryPath } from "../../infra/testing/stack.ts";
import { type Inputs, without } from "../infra/inputs.ts";
import { type ApiRequest, requestsFor } from "../infra/requests.ts";
import { type Answer, type AwsCalls, Refused } from "./awsCalls.ts";

/** Where the emulated cloud is: in AWS's own partition, since emulators know no other. MiniStack takes an access key of twelve digits for the account. */
export const place = { partition: "aws", region: testEnvironment.region, accountId: testEnvironment.accountId };

/** What the program hears of its place, instead of what the mocked cloud says. */
export const placeAnswers = {
	"aws:index/getPartition:getPartition": { partition: place.partition, dnsSuffix: "amazonaws.com" },
};

/**
 * Outputs that only AWS knows, by where they are in the answer to the first request: ids that it makes up, and ARNs with
 * such an id in them. Others follow from the inputs.
 */
const answered: Readonly<Record<string, Readonly<Record<string, string>>>> = {
	"aws:athena/namedQuery:NamedQuery": { id: "NamedQueryId" },
	"aws:dms/endpoint:Endpoint": { endpointArn: "Endpoint.EndpointArn" },
	"aws:dms/replicationInstance:ReplicationInstance": {
		replicationInstanceArn: "ReplicationInstance.ReplicationInstanceArn",
	},
	"aws:dms/replicationTask:ReplicationTask": { replicationTaskArn: "ReplicationTask.ReplicationTaskArn" },
	"aws:dms/s3Endpoint:S3Endpoint": { endpointArn: "Endpoint.EndpointArn" },
	"aws:ec2/instance:Instance": { id: "Instances.0.InstanceId" },
	"aws:ec2/networkInterface:NetworkInterface": {
		id: "NetworkInterface.NetworkInterfaceId",
		privateIp: "NetworkInterface.PrivateIpAddress",
	},
	"aws:ec2/routeTable:RouteTable": { id: "RouteTable.RouteTableId" },
	"aws:ec2/securityGroup:SecurityGroup": { id: "GroupId" },
	"aws:ec2/subnet:Subnet": { id: "Subnet.SubnetId" },
	"aws:ec2/vpc:Vpc": { id: "Vpc.VpcId" },
	"aws:ec2/vpcEndpoint:VpcEndpoint": { id: "VpcEndpoint.VpcEndpointId" },
	"aws:iam/role:Role": { id: "Role.RoleName", name: "Role.RoleName", arn: "Role.Arn" },
	"aws:kms/key:Key": { id: "KeyMetadata.KeyId", keyId: "KeyMetadata.KeyId", arn: "KeyMetadata.Arn" },
	"aws:secretsmanager/secret:Secret": { id: "ARN", arn: "ARN" },
	"aws:secretsmanager/secretVersion:SecretVersion": { arn: "ARN" },
	"aws:sfn/stateMachine:StateMachine": { id: "stateMachineArn", arn: "stateMachineArn" },
	"aws:sns/topic:Topic": { id: "TopicArn", arn: "TopicArn" },
};

/** What the engine makes by itself, without AWS. */
const isLocal = (type: string): boolean => /^(random|tls):/.test(type);

/** Codes by which MiniStack says that it lacks a service or an operation. */
const lacking = new Set([
	"InvalidAction",
	"UnknownOperationException",
	"UnknownOperation",
	"NotImplemented",
	"501",
	"404",
]);

/**
 * Makes the program's resources by real calls to an emulator, one after the other as the engine asks for them; what it
 * answers goes to those that depend on them. A resource that the emulator lacks is as in the mocked cloud, and is named.
 */
export class EmulatedCloud {
	/** Types of which every resource was made. */
	readonly made = new Set<string>();
	/** Types that the emulator lacks, or that nothing here translates. */
	readonly lacks = new Set<string>();
	/** What it refused, of what it has. */
	readonly refusals: string[] = [];
	readonly #calls: AwsCalls;

	constructor(calls: AwsCalls) {
		this.#calls = calls;
	}

	readonly make = async (resource: Registered): Promise<Made> => {
		const { type, name, inputs } = resource;
		// What is uploaded is in no output.
		const made = { id: mockedId(type, name), state: here(mockedState(type, name, without(inputs, "source"))) };
		if (isLocal(type)) return made;
		const requests = [...requestsFor(resource), ...objectRequests(resource)];
		if (requests.length === 0) {
			this.lacks.add(type);
			return made;
		}
		try {
			const answers: Answer[] = [];
			for (const request of requests) answers.push(await this.#calls.call(asEmulated(request)));
			this.made.add(type);
			return withAnswer(made, type, answers[0] ?? {});
		} catch (error) {
			// Thrown, it would leave the engine waiting for the resource.
			if (error instanceof Refused && lacking.has(error.code)) this.lacks.add(type);
			else this.refusals.push(`${name}: ${String(error)}`);
			return made;
		}
	};
}

/** MiniStack's Firehose compresses nothing, and would name the plain text as gzip all the same. */
function asEmulated({ params, ...request }: ApiRequest): ApiRequest {
	if (request.operation !== "CreateDeliveryStream") return { ...request, params };
	const { ExtendedS3DestinationConfiguration: s3, ...rest } = params as { ExtendedS3DestinationConfiguration: Inputs };
	const plain = { ...s3, CompressionFormat: "UNCOMPRESSED", FileExtension: ".json" };
	return { ...request, params: { ...rest, ExtendedS3DestinationConfiguration: plain } };
}

/** Buckets and what is uploaded into them, which only a real store takes. */
function objectRequests({ type, name, inputs }: Registered): ApiRequest[] {
	if (type === "aws:s3/bucket:Bucket") {
		const params = { Bucket: name, CreateBucketConfiguration: { LocationConstraint: place.region } };
		return [{ service: "s3", operation: "CreateBucket", params }];
	}
	if (type !== "aws:s3/bucketObject:BucketObject") return [];
	const params = { Bucket: inputs.bucket, Key: inputs.key, Body: bodyOf(inputs) };
	return [{ service: "s3", operation: "PutObject", params }];
}

/** Text, a file, or the files of an archive by their names in it. */
function bodyOf({
	source,
	content,
}: Registered["inputs"]): string | { file: string } | { zip: Record<string, string> } {
	if (source === undefined) return String(content);
	if (typeof source === "string") return { file: fileOf(source) };
	const { assets } = source as { assets: Record<string, string> };
	return { zip: Object.fromEntries(Object.entries(assets).map(([name, asset]) => [name, fileOf(asset)])) };
}

/** Of an asset as the recording has it. */
const fileOf = (asset: string): string => repositoryPath(asset.replace(/^file:/, ""));

function withAnswer({ id, state }: Made, type: string, answer: Answer): Made {
	const outputs = Object.fromEntries(
		Object.entries(answered[type] ?? {}).map(([output, path]) => {
			const value = path.split(".").reduce<unknown>((at, part) => at && Reflect.get(Object(at), part), answer);
			if (typeof value !== "string")
				throw new Error(`the answer for ${type} has no ${path}: ${JSON.stringify(answer)}`);
			return [output, value];
		}),
	);
	return { id: outputs.id ?? id, state: { ...state, ...outputs } };
}

/** The mocked cloud's ARNs, in the partition of the emulator. */
function here<T>(state: T): T {
	const text = JSON.stringify(state).replaceAll(`arn:${testEnvironment.partition}:`, `arn:${place.partition}:`);
	return JSON.parse(text) as T;
}
