import { readFile } from "node:fs/promises";
import { DuckDBInstance } from "@duckdb/node-api";
import aslValidator from "asl-validator";
// The package's index loads the parsers of eight dialects.
import { TrinoSQL } from "dt-sql-parser/dist/parser/trino/index.js";
import { beforeAll, describe, expect, it } from "vitest";
import { deployed, everyKind } from "../../infra/testing/deployed.ts";
import { testEnvironment } from "../../infra/testing/mockedCloud.ts";
import type { Program } from "../../infra/testing/program.ts";
import { apiRequests, quickSight, requestedTypes } from "./requests.ts";
import { judge } from "./validators.ts";

const programs: Record<string, Program> = {};
beforeAll(async () => {
	for (const [kind, run] of Object.entries(everyKind)) programs[kind] = await run();
});

/** Judges know the partitions that exist. */
const real = (text: string): string =>
	text.replaceAll("arn:aws-test:", "arn:aws:").replaceAll("amazonaws.test", "amazonaws.com");

it("what the jobs ask of the data catalog is what the API's model takes", async () => {
	const file = new URL("../../etl/tests/storage/catalog_requests.json", import.meta.url);
	const requests = JSON.parse(await readFile(file, "utf8")) as unknown[];
	expect(requests.length).toBeGreaterThan(5);
	expect((await judge<string[][]>("service_models.py", requests)).flat()).toEqual([]);
});

/** What the programs of every kind make, each once: most of them make the same. */
function distinct<T>(made: (kind: string, program: Program) => [name: string, value: T][]): [name: string, value: T][] {
	const found = new Map<string, [string, T]>();
	for (const [kind, program] of Object.entries(programs)) {
		for (const [name, value] of made(kind, program)) {
			const text = real(JSON.stringify(value));
			if (!found.has(text)) found.set(text, [`${kind}: ${name}`, JSON.parse(text) as T]);
		}
	}
	return [...found.values()];
}

describe("documents of every kind of stack", () => {
	it("are requests that the APIs' models take", async () => {
		const requests = distinct((_, program) =>
			apiRequests(program).map(({ resource, request }) => [resource.name, request]),
		);
		expect(requests.length).toBeGreaterThan(60);
		const faults = await judge<string[][]>(
			"service_models.py",
			requests.map(([, request]) => request),
		);
		expect(requests.flatMap(([name], index) => (faults[index] ?? []).map((fault) => `${name}: ${fault}`))).toEqual([]);
	});

	it("are policies in which parliament finds nothing", async () => {
		const policies = distinct((_, { resources }) =>
			resources
				.filter(({ type }) => type === "aws:iam/rolePolicy:RolePolicy")
				.map(({ name, inputs }): [string, unknown] => [name, inputs.policy]),
		);
		expect(policies.length).toBeGreaterThan(20);
		const found = await judge<string[][]>(
			"policies.py",
			policies.map(([name, policy]) => ({ name, policy })),
		);
		expect(policies.flatMap(([name], index) => (found[index] ?? []).map((finding) => `${name}: ${finding}`))).toEqual(
			[],
		);
	});

	it("are resources that CloudFormation's schemas and cfn-lint take", async () => {
		const resources = distinct((_, program) => Object.entries(cloudFormation(program.resources)));
		expect(resources.length).toBeGreaterThan(30);
		const template = Object.fromEntries(
			resources.map(([name, resource], at) => [`R${at}${name.replaceAll(/\W/g, "")}`, resource]),
		);
		expect(await judge<string[]>("cloudformation.py", template)).toEqual([]);
	});

	it("are state machines of the Amazon States Language", () => {
		const machines = distinct((_, { resources }) =>
			resources
				.filter(({ type }) => type === "aws:sfn/stateMachine:StateMachine")
				.map(({ name, inputs }): [string, unknown] => [name, inputs.definition]),
		);
		expect(machines.length).toBeGreaterThan(1);
		for (const [name, definition] of machines) {
			const { isValid, errorsText } = aslValidator(JSON.parse(String(definition)));
			expect([name, errorsText("\n"), isValid]).toEqual([name, "", true]);
		}
	});
});

/** Athena is Trino; Redshift grew from PostgreSQL. */
const engines: Record<string, ((sql: string) => unknown)[]> = {
	athena: [(sql: string) => new TrinoSQL().validate(sql)],
	warehouse: [(sql: string) => new TrinoSQL().validate(sql), postgresFaults],
};

describe.each(Object.entries(engines))("data sets of QuickSight over %s", (engine, grammars) => {
	it("ask in SQL of the engine", async () => {
		const quickSightPrincipals = [`arn:aws:quicksight:eu-central-1:${testEnvironment.accountId}:user/default/analyst`];
		const program = await deployed("prod", { dashboards: engine, quickSightPrincipals });
		const statements = program.ofType("aws:quicksight/dataSet:DataSet").map(({ name, inputs }) => {
			const [map] = inputs.physicalTableMaps as { customSql: { sqlQuery: string } }[];
			return { name, sql: map?.customSql.sqlQuery ?? "" };
		});
		expect(statements).toHaveLength(4);
		for (const { name, sql } of statements) for (const faults of grammars) expect(await faults(sql), name).toEqual([]);
	});
});

it("the grammars refuse what is not a SQL of theirs", async () => {
	for (const faults of engines.warehouse ?? []) expect(await faults("SELECT FROM WHERE")).not.toEqual([]);
});

/** DuckDB's parser is that of PostgreSQL, and takes a second less for a statement than a grammar in JavaScript. */
async function postgresFaults(sql: string): Promise<string[]> {
	const connection = await (await DuckDBInstance.create(":memory:")).connect();
	try {
		await connection.extractStatements(sql);
		return [];
	} catch (error) {
		return [String(error)];
	} finally {
		connection.closeSync();
	}
}

describe("the judges", () => {
	it("refuse what is wrong", async () => {
		const wrong = [
			{
				service: "glue",
				operation: "CreateJob",
				params: {
					Name: "x",
					Role: "y",
					Command: { Name: "glueetl" },
					WorkerType: "G.1X",
					ExecutionClass: "LAZY",
					Colour: "red",
				},
			},
			{
				service: "dms",
				operation: "CreateEndpoint",
				params: { EndpointIdentifier: "x", EndpointType: "sideways", EngineName: "s3" },
			},
		];
		expect(await judge<string[][]>("service_models.py", wrong)).toEqual([
			[expect.stringContaining("CreateJob.ExecutionClass: 'LAZY' is not one of"), "CreateJob: Colour is unknown"],
			[expect.stringContaining("CreateEndpoint.EndpointType: 'sideways' is not one of")],
		]);
		const policy = JSON.stringify({
			Version: "2012-10-17",
			Statement: [{ Effect: "Allow", Action: "s3:ReadObject", Resource: "*" }],
		});
		expect(await judge<string[][]>("policies.py", [{ name: "x", policy }])).toEqual([
			[expect.stringContaining("UNKNOWN_ACTION")],
		]);
		const bucket = { X: { Type: "AWS::QuickSight::Dashboard", Properties: { DashboardId: "x" } } };
		expect((await judge<string[]>("cloudformation.py", bucket)).length).toBeGreaterThan(0);
		expect(aslValidator({ StartAt: "nowhere", States: {} }).isValid).toBe(false);
	});

	it("know the requests of the types that hold JSON documents", () => {
		expect(requestedTypes.length).toBeGreaterThan(20);
	});
});

/** Resources whose inputs are CloudFormation's properties except for the first letter of their names. */
function cloudFormation(resources: Program["resources"]): Record<string, unknown> {
	const document = (text: unknown): unknown => JSON.parse(String(text));
	const entries = resources.flatMap(({ name, type, inputs }): [string, unknown][] => {
		const id = name.replaceAll(/[^A-Za-z0-9]/g, "");
		const entry = (Type: string, Properties: unknown): [string, unknown][] => [[id, { Type, Properties }]];
		switch (type) {
			case "aws:iam/role:Role":
				return entry("AWS::IAM::Role", { AssumeRolePolicyDocument: document(inputs.assumeRolePolicy) });
			case "aws:iam/rolePolicy:RolePolicy":
				return entry("AWS::IAM::RolePolicy", {
					PolicyName: name,
					RoleName: "r",
					PolicyDocument: document(inputs.policy),
				});
			case "aws:s3/bucketPolicy:BucketPolicy":
				return entry("AWS::S3::BucketPolicy", { Bucket: inputs.bucket, PolicyDocument: document(inputs.policy) });
			case "aws:kms/key:Key":
				return entry("AWS::KMS::Key", { KeyPolicy: document(inputs.policy), EnableKeyRotation: true });
			case "aws:sns/topicPolicy:TopicPolicy":
				return entry("AWS::SNS::TopicPolicy", { Topics: ["t"], PolicyDocument: document(inputs.policy) });
			case "aws:ec2/vpcEndpoint:VpcEndpoint":
				return inputs.policy === undefined
					? []
					: entry("AWS::EC2::VPCEndpoint", {
							VpcId: "vpc-0123456789abcdef0",
							VpcEndpointType: inputs.vpcEndpointType,
							ServiceName: inputs.serviceName,
							PolicyDocument: document(inputs.policy),
						});
			case "aws:ec2/flowLog:FlowLog":
				return entry("AWS::EC2::FlowLog", {
					ResourceType: "VPC",
					ResourceId: "vpc-0123456789abcdef0",
					TrafficType: inputs.trafficType,
					LogDestinationType: inputs.logDestinationType,
					LogDestination: inputs.logDestination,
					DeliverLogsPermissionArn: inputs.iamRoleArn,
					MaxAggregationInterval: inputs.maxAggregationInterval,
				});
			case "aws:sfn/stateMachine:StateMachine":
				return entry("AWS::StepFunctions::StateMachine", {
					RoleArn: inputs.roleArn,
					DefinitionString: inputs.definition,
				});
			case "aws-native:quicksight:Analysis":
				return entry("AWS::QuickSight::Analysis", quickSight(inputs));
			case "aws-native:quicksight:Dashboard":
				return entry("AWS::QuickSight::Dashboard", quickSight(inputs));
			default:
				return [];
		}
	});
	return Object.fromEntries(entries);
}
