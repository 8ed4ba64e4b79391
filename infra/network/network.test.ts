import { describe, expect, it } from "vitest";
import { shared } from "../testing/componentArgs.ts";
import { testEnvironment } from "../testing/mockedCloud.ts";
import { type Program, runProgram } from "../testing/program.ts";
import { Network } from "./network.ts";

describe("Network", () => {
	const endpoints = ["glue", "logs", "monitoring", "secretsmanager", "sts"];
	const { raw, processed } = { raw: "arn:aws-test:s3:::raw", processed: "arn:aws-test:s3:::processed" };
	const bounds = { ...shared, bucketArns: [raw, processed], sourceIsServer: false };
	const own = { cidr: "10.40.0.0/16", endpointZones: 1, sourcePort: 3306, ...bounds };
	const policyOf = (program: Program) =>
		(JSON.parse(String(program.named("net-s3").inputs.policy)) as { Statement: Record<string, unknown>[] }).Statement;

	it("makes three subnets without a way out, and endpoints for what DMS and Glue call", async () => {
		const program = await runProgram(() => {
			new Network("net", { ...own, extraEndpoints: ["ssm"] });
		});
		expect(
			program.ofType("aws:ec2/subnet:Subnet").map(({ inputs }) => [inputs.cidrBlock, inputs.availabilityZone]),
		).toEqual([
			["10.40.0.0/18", "eu-central-1a"],
			["10.40.64.0/18", "eu-central-1b"],
			["10.40.128.0/18", "eu-central-1c"],
		]);
		const made = program.ofType("aws:ec2/vpcEndpoint:VpcEndpoint");
		expect(made.map(({ inputs }) => inputs.serviceName)).toEqual(
			["glue", "logs", "monitoring", "s3", "secretsmanager", "ssm", "sts"].map(
				(service) => `com.amazonaws.eu-central-1.${service}`,
			),
		);
		expect(made.find(({ name }) => name === "net-glue")?.inputs.subnetIds).toEqual(["subnet-netsubnet1"]);
		expect(program.ofType("aws:ec2/route:Route")).toEqual([]);
	});

	it("asks for zones without those that AWS builds nothing in any more, and takes those that have every endpoint", async () => {
		const asked: unknown[] = [];
		const service = { serviceName: "x", availabilityZones: ["eu-central-1b", "eu-central-1c", "eu-central-1d"] };
		const answers = { "aws:ec2/getVpcEndpointService:getVpcEndpointService": service };
		const program = await runProgram(
			() => {
				new Network("net", own);
			},
			{ answers, asked: (token, inputs) => token.endsWith(":getAvailabilityZones") && asked.push(inputs) },
		);
		expect(program.ofType("aws:ec2/subnet:Subnet").map(({ inputs }) => inputs.availabilityZone)).toEqual(
			service.availabilityZones,
		);
		expect(asked).toMatchObject([{ excludeZoneIds: expect.arrayContaining(["use1-az3"]) }]);
	});

	it("takes an existing VPC, and makes none", async () => {
		const program = await runProgram(() => {
			new Network("net", {
				...bounds,
				cidr: "",
				endpointZones: 3,
				sourcePort: 3307,
				externalSourceCidr: "10.1.0.0/24",
				existing: { vpcId: "vpc-1", subnetIds: ["s-1", "s-2", "s-3"], routeTableIds: ["rtb-1"] },
			});
		});
		expect(program.ofType("aws:ec2/vpc:Vpc")).toEqual([]);
		expect(program.named("net-s3").inputs).toMatchObject({ vpcId: "vpc-1", routeTableIds: ["rtb-1"] });
		// Others may use its routes, and its flow log is its owner's.
		expect(program.named("net-s3").inputs).not.toHaveProperty("policy");
		expect(program.ofType("aws:ec2/flowLog:FlowLog")).toEqual([]);
		for (const endpoint of endpoints)
			expect(program.named(`net-${endpoint}`).inputs.subnetIds).toEqual(["s-1", "s-2", "s-3"]);
		expect(program.named("net-replication-to-source-out").inputs).toEqual({
			securityGroupId: "sg-netreplication",
			cidrIpv4: "10.1.0.0/24",
			ipProtocol: "tcp",
			fromPort: 3307,
			toPort: 3307,
			description: "net-replication-to-source",
		});
	});

	it("refuses an existing VPC without three subnets", async () => {
		const args = { ...own, existing: { vpcId: "vpc-1", subnetIds: ["s-1"], routeTableIds: ["rtb-1"] } };
		await expect(runProgram(() => new Network("net", args).vpcId)).rejects.toThrow("3 subnetIds in 3 zones");
	});

	it("admits by reference: replication to the database, dashboards to the warehouse, and nobody by address", async () => {
		const program = await runProgram(() => {
			new Network("net", own);
		});
		const admitted = program
			.ofType("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
			.map(({ inputs }) => [inputs.referencedSecurityGroupId, inputs.securityGroupId, inputs.fromPort]);
		expect(admitted).toEqual([
			["sg-netdashboards", "sg-netwarehouse", 5439],
			["sg-netjobs", "sg-netdatabase", 3306],
			["sg-netjobs", "sg-netendpoints", 443],
			["sg-netjobs", "sg-netjobs", 0],
			["sg-netreplication", "sg-netdatabase", 3306],
			["sg-netreplication", "sg-netendpoints", 443],
			["sg-netwarehouse", "sg-netdashboards", 0],
		]);
	});

	it("leads to the stack's buckets in S3, for this account, and to what Glue reads of its own", async () => {
		const program = await runProgram(() => {
			new Network("net", own);
		});
		expect(policyOf(program)).toEqual([
			{
				Sid: "OwnBuckets",
				Effect: "Allow",
				Principal: "*",
				Action: expect.arrayContaining(["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"]),
				Resource: [raw, `${raw}/*`, processed, `${processed}/*`],
				Condition: { StringEquals: { "aws:PrincipalAccount": testEnvironment.accountId } },
			},
			{
				Sid: "GlueAssets",
				Effect: "Allow",
				Principal: "*",
				Action: "s3:GetObject",
				Resource: "arn:aws-test:s3:::aws-glue-*/*",
			},
		]);
	});

	it("lets a server in it call AWS and read the distribution's packages", async () => {
		const program = await runProgram(() => {
			new Network("net", { ...own, sourceIsServer: true });
		});
		expect(program.named("net-database-to-endpoints-in").inputs).toMatchObject({
			securityGroupId: "sg-netendpoints",
			referencedSecurityGroupId: "sg-netdatabase",
			fromPort: 443,
		});
		expect(policyOf(program).at(-1)).toEqual({
			Sid: "AmazonLinuxPackages",
			Effect: "Allow",
			Principal: "*",
			Action: "s3:GetObject",
			Resource: "arn:aws-test:s3:::al2023-repos-eu-central-1-de612dc2/*",
		});
	});

	it("logs what its groups refuse, for as long as the stack keeps logs", async () => {
		const program = await runProgram(() => {
			new Network("net", own);
		});
		expect(program.named("net-flow-refused").inputs).toEqual({
			vpcId: "net-vpc-id",
			trafficType: "REJECT",
			logDestinationType: "cloud-watch-logs",
			logDestination: "arn:aws-test:logs:eu-central-1:111122223333:log-group:/aws/vpc/flow-logs/net-flow",
			iamRoleArn: "arn:aws-test:iam::111122223333:role/net-flow-role",
			maxAggregationInterval: 600,
			tags: { Name: "net-flow" },
		});
		expect(program.named("net-flow-log").inputs).toMatchObject({ kmsKeyId: "arn:key", retentionInDays: 30 });
		expect(program.named("net-flow-refused").dependencies).toContain("net-flow-role-policy");
	});
});
