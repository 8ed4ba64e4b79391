import { describe, expect, it } from "vitest";
import { generatedSecret, testEnvironment } from "../testing/mockedCloud.ts";
import { runProgram } from "../testing/program.ts";
import { repositoryPath } from "../testing/stack.ts";
import { Ec2Database } from "./ec2Database.ts";
import { databaseUserData } from "./userData.ts";

const made = (disposable: boolean) =>
	runProgram(() => {
		const { host, port, secretArn, instanceId, caCertificate } = new Ec2Database("db", {
			instanceType: "t4g.small",
			storageGb: 20,
			binlogRetentionHours: 48,
			schemas: ["wordpress-db"],
			verifyTable: undefined,
			sampleSchemaFile: repositoryPath("pipelines/shop/seed/sample.sql"),
			scriptsBucket: "scripts",
			scriptsBucketArn: "arn:scripts",
			subnetIds: ["subnet-1", "subnet-2"],
			securityGroupId: "sg-1",
			kmsKeyArn: "arn:key",
			disposable,
		});
		return { host, port, secretArn, instanceId, caCertificate };
	});

const { partition, region, accountId } = testEnvironment;
const secret = (name: string) => `arn:${partition}:secretsmanager:${region}:${accountId}:secret:${name}-AbCdEf`;

describe("Ec2Database", () => {
	it("is reached by Session Manager: no key pair, no public address, no group but its interface's", async () => {
		expect((await made(true)).named("db-instance").inputs).toEqual({
			ami: "ami-0123456789abcdef0",
			instanceType: "t4g.small",
			primaryNetworkInterface: { networkInterfaceId: "db-address-id" },
			iamInstanceProfile: "db-profile",
			metadataOptions: { httpTokens: "required", httpEndpoint: "enabled" },
			rootBlockDevice: { encrypted: true, kmsKeyId: "arn:key", volumeType: "gp3", volumeSize: 20 },
			monitoring: true,
			userData: databaseUserData({
				region,
				secretArn: secret("db-secret"),
				tlsSecretArn: secret("db-tls"),
				sampleSchemaUri: "s3://scripts/db/sample-schema.sql",
				binlogRetentionHours: 48,
				schemas: ["wordpress-db"],
				verifyTable: undefined,
			}),
			tags: { Name: "db" },
		});
		expect((await made(true)).named("db-address").inputs).toEqual({
			subnetId: "subnet-1",
			securityGroups: ["sg-1"],
			description: "db",
		});
	});

	it("starts once its rights, its secrets and the sample schemas are there, with no secret in its script", async () => {
		const { inputs, dependencies, options } = (await made(true)).named("db-instance");
		expect(dependencies).toEqual(
			expect.arrayContaining(["db-role-policy", "db-secret-value", "db-tls-value", "db-sample-schema"]),
		);
		expect(inputs.userData).not.toContain(generatedSecret);
		// A newer image or script does not replace a database.
		expect(options).toEqual(["deleteBeforeReplace", "ignoreChanges ami, userData"]);
	});

	it("reads its two secrets and the sample schemas, and nothing else of the stack", async () => {
		const program = await made(true);
		const { Statement: statements } = JSON.parse(String(program.named("db-role-policy").inputs.policy)) as {
			Statement: { Sid: string; Action: string[]; Resource: string[] }[];
		};
		expect(statements.map(({ Sid, Action, Resource }) => [Sid, Action, Resource])).toEqual([
			["ReadSecrets", ["secretsmanager:GetSecretValue"], [secret("db-secret"), secret("db-tls")]],
			["ReadSampleSchema", ["s3:GetObject"], ["arn:scripts/db/sample-schema.sql"]],
			["Decrypt", ["kms:Decrypt", "kms:DescribeKey"], ["arn:key"]],
			["SessionManager", expect.arrayContaining(["ssmmessages:OpenDataChannel"]), ["*"]],
		]);
		expect(program.named("db-sample-schema").inputs).toEqual({
			bucket: "scripts",
			key: "db/sample-schema.sql",
			source: "file:pipelines/shop/seed/sample.sql",
		});
	});

	it("has a certificate of an authority of its own, whose keys are kept secret", async () => {
		const program = await made(true);
		expect(program.result).toMatchObject({
			host: "10.40.0.10",
			port: 3306,
			secretArn: secret("db-secret"),
			instanceId: "db-instance-id",
			caCertificate: "PEM of db-authority",
		});
		const { inputs, secrets } = program.named("db-tls-value");
		expect(secrets).toContain("secretString");
		expect(JSON.parse(String(inputs.secretString))).toEqual({
			"ca.pem": "PEM of db-authority",
			"server.pem": "PEM of db-server",
			"server-key.pem": generatedSecret,
		});
		expect(program.named("db-server").inputs).toMatchObject({
			caCertPem: "PEM of db-authority",
			validityPeriodHours: 10 * 365 * 24,
			allowedUses: ["digital_signature", "key_encipherment", "server_auth"],
		});
	});

	it.each([
		[true, 0],
		[false, 30],
	])("with disposable %s keeps deleted secrets for %d days", async (disposable, days) => {
		const secrets = (await made(disposable)).ofType("aws:secretsmanager/secret:Secret");
		expect(secrets.map(({ name, inputs }) => [name, inputs.recoveryWindowInDays, inputs.kmsKeyId])).toEqual([
			["db-secret", days, "arn:key"],
			["db-tls", days, "arn:key"],
		]);
	});
});
