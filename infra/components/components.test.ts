import { describe, expect, it } from "vitest";
import { datasets } from "../../etl/datasets.ts";
import { withDmsRoles } from "../testing/deployed.ts";
import { generatedSecret, testPlace } from "../testing/mockedCloud.ts";
import { runProgram } from "../testing/program.ts";
import { repositoryPath } from "../testing/stack.ts";
import { Clickstream } from "./clickstream.ts";
import { DataLake } from "./dataLake.ts";
import { DmsServiceRoles } from "./dmsServiceRoles.ts";
import { Ec2Database } from "./ec2Database.ts";
import { Network } from "./network.ts";
import { RdsDatabase } from "./rdsDatabase.ts";
import { Replication } from "./replication.ts";
import { ReplicationStream } from "./replicationStream.ts";
import { SourceDatabase } from "./sourceDatabase.ts";
import { Warehouse } from "./warehouse.ts";

const place = {
	subnetIds: ["subnet-1", "subnet-2", "subnet-3"],
	securityGroupId: "sg-1",
	kmsKeyArn: "arn:key",
	logRetentionDays: 30,
};
const buckets = {
	rawBucket: "raw",
	rawBucketArn: "arn:raw",
	scriptsBucket: "scripts",
	scriptsBucketArn: "arn:scripts",
};

describe("DataLake", () => {
	const lake = (disposable: boolean) =>
		runProgram(() => new DataLake("lake", { kmsKeyArn: "arn:key", disposable }).names());
	const rules = (program: Awaited<ReturnType<typeof lake>>, bucket: string) =>
		program.named(`lake-${bucket}-lifecycle`).inputs.rules as {
			id: string;
			expiration?: unknown;
			transitions?: unknown;
		}[];

	it("never expires a file of the raw zone, nor one of the tables", async () => {
		const program = await lake(false);
		expect(rules(program, "raw").map(({ id }) => id)).toEqual(["abandoned-uploads", "colder"]);
		expect(rules(program, "raw").every(({ expiration }) => expiration === undefined)).toBe(true);
		expect(rules(program, "processed").filter(({ expiration }) => expiration !== undefined)).toEqual([
			{ id: "query-results", status: "Enabled", filter: { prefix: "athena-queries/" }, expiration: { days: 30 } },
		]);
	});

	it("keeps no versions of what DMS writes", async () => {
		const program = await lake(false);
		const versioned = program.ofType("aws:s3/bucketVersioning:BucketVersioning").map(({ inputs }) => inputs.bucket);
		expect(versioned).toEqual(["lake-processed", "lake-scripts"]);
	});

	it("keeps the buckets and all their guards on destroy, unless the stack is disposable", async () => {
		const kept = (await lake(false)).resources.filter(({ custom }) => custom);
		expect(kept.filter(({ options }) => !options.includes("retained"))).toEqual([]);
		expect(kept.filter(({ inputs }) => inputs.forceDestroy === true)).toEqual([]);
		const gone = (await lake(true)).resources.filter(({ custom }) => custom);
		expect(gone.filter(({ options }) => options.includes("retained"))).toEqual([]);
		expect(gone.filter(({ inputs }) => inputs.forceDestroy === true)).toHaveLength(4);
	});

	it("encrypts with the key and bucket keys, but for the logs, whose delivery knows no key of ours", async () => {
		const program = await lake(false);
		expect(program.named("lake-raw-encryption").inputs.rules).toEqual([
			{
				applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: "arn:key" },
				bucketKeyEnabled: true,
			},
		]);
		expect(program.named("lake-access-logs-encryption").inputs.rules).toEqual([
			{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } },
		]);
		expect(program.named("lake-raw-logging").inputs).toEqual({
			bucket: "lake-raw",
			targetBucket: "lake-access-logs",
			targetPrefix: "lake-raw/",
		});
	});
});

describe("Network", () => {
	const endpoints = ["glue", "logs", "monitoring", "secretsmanager", "sts"];

	it("makes three subnets without a way out, and endpoints for what DMS and Glue call", async () => {
		const program = await runProgram(() => {
			new Network("net", { cidr: "10.40.0.0/16", endpointZones: 1, sourcePort: 3306, extraEndpoints: ["ssm"] });
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

	it("takes an existing VPC, and makes none", async () => {
		const program = await runProgram(() => {
			const args = { vpcId: "vpc-1", subnetIds: ["s-1", "s-2", "s-3"], routeTableIds: ["rtb-1"] };
			new Network("net", { cidr: "", endpointZones: 3, sourcePort: 3307, externalSourceCidr: "10.1.0.0/24", ...args });
		});
		expect(program.ofType("aws:ec2/vpc:Vpc")).toEqual([]);
		expect(program.named("net-s3").inputs).toMatchObject({ vpcId: "vpc-1", routeTableIds: ["rtb-1"] });
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
		const args = {
			cidr: "",
			endpointZones: 1,
			sourcePort: 3306,
			vpcId: "vpc-1",
			subnetIds: ["s-1"],
			routeTableIds: ["rtb-1"],
		};
		await expect(runProgram(() => new Network("net", args).vpcId)).rejects.toThrow("3 subnetIds in 3 zones");
	});

	it("admits by reference: replication to the database, dashboards to the warehouse, and nobody by address", async () => {
		const program = await runProgram(() => {
			new Network("net", { cidr: "10.40.0.0/16", endpointZones: 1, sourcePort: 3306 });
		});
		const admitted = program
			.ofType("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
			.map(({ inputs }) => [inputs.referencedSecurityGroupId, inputs.securityGroupId, inputs.fromPort]);
		expect(admitted).toEqual([
			["sg-netdashboards", "sg-netwarehouse", 5439],
			["sg-netdatabase", "sg-netendpoints", 443],
			["sg-netjobs", "sg-netdatabase", 3306],
			["sg-netjobs", "sg-netendpoints", 443],
			["sg-netjobs", "sg-netjobs", 0],
			["sg-netreplication", "sg-netdatabase", 3306],
			["sg-netreplication", "sg-netendpoints", 443],
			["sg-netwarehouse", "sg-netdashboards", 0],
		]);
	});
});

describe("Replication", () => {
	const replication = (afterConnectScript?: string) =>
		runProgram(() => {
			new Replication("dms", {
				...place,
				...buckets,
				datasets,
				topicArn: "arn:topic",
				sourceEngine: "mysql",
				sourceSecretArn: "arn:secret",
				sourceCaCertificate: "PEM",
				instanceClass: "dms.t3.small",
				storageGb: 20,
				multiAz: false,
				engineVersion: "3.6.1",
				cdcMaxBatchSeconds: 60,
				...(afterConnectScript === undefined ? {} : { afterConnectScript }),
			});
		});

	it("writes what the jobs read: Parquet, Op in a full load too, commit time, deletes", async () => {
		expect((await replication()).named("dms-target").inputs).toEqual({
			endpointId: "dms-target",
			endpointType: "target",
			bucketName: "raw",
			serviceAccessRoleArn: `arn:${testPlace.partition}:iam::${testPlace.accountId}:role/dms-target-role`,
			dataFormat: "parquet",
			parquetVersion: "parquet-1-0",
			parquetTimestampInMillisecond: false,
			compressionType: "GZIP",
			encodingType: "rle-dictionary",
			enableStatistics: true,
			includeOpForFullLoad: true,
			cdcInsertsOnly: false,
			cdcInsertsAndUpdates: false,
			timestampColumnName: "cdc_commit_time",
			useTaskStartTimeForFullLoadTimestamp: false,
			cdcMaxBatchInterval: 60,
			cdcMinFileSize: 32000,
			preserveTransactions: false,
			datePartitionEnabled: false,
			datePartitionSequence: "YYYYMMDD",
			datePartitionDelimiter: "SLASH",
			glueCatalogGeneration: false,
			encryptionMode: "SSE_KMS",
			serverSideEncryptionKmsKeyId: "arn:key",
		});
	});

	it("reads the source by its secret and TLS, names no schema at the endpoint, and has no password", async () => {
		const { inputs } = (await replication("call x")).named("dms-source");
		expect(inputs).toMatchObject({
			engineName: "mysql",
			secretsManagerArn: "arn:secret",
			sslMode: "verify-ca",
			mysqlSettings: { afterConnectScript: "call x" },
		});
		for (const key of ["databaseName", "password", "username", "serverName", "port"])
			expect(inputs).not.toHaveProperty(key);
		expect((await replication()).named("dms-source").inputs).not.toHaveProperty("mysqlSettings");
	});

	it("makes the task stopped, after everything that it needs", async () => {
		const program = await replication();
		expect(program.named("dms-task").inputs).toMatchObject({
			migrationType: "full-load-and-cdc",
			startReplicationTask: false,
			replicationTaskId: "dms",
		});
		expect(program.named("dms-subnets").dependencies).toEqual(
			expect.arrayContaining(["dms-roles-dms-vpc-role-policy", "dms-roles-dms-cloudwatch-logs-role-policy"]),
		);
		expect(program.named("dms-target").dependencies).toContain("dms-target-role-policy");
		expect(program.named("dms-instance").dependencies).toContain("dms-log");
		expect(program.named("dms-replication-task-events").inputs).toMatchObject({
			sourceType: "replication-task",
			sourceIds: ["dms"],
			eventCategories: ["failure", "deletion", "state change"],
			snsTopicArn: "arn:topic",
		});
	});

	describe("the roles that DMS looks for by name", () => {
		const names = ["roles-dms-cloudwatch-logs-role", "roles-dms-vpc-role"];
		const roles = (answers: Record<string, Record<string, unknown>>) =>
			runProgram(() => new DmsServiceRoles("roles").ready.apply((ready) => ready.length), { stack: "dev", answers });
		const made = (program: Awaited<ReturnType<typeof roles>>) => program.ofType("aws:iam/role:Role");

		it("are made where the account lacks them, for DMS in any of its regions, and outlive the stack", async () => {
			const program = await roles({});
			expect(made(program).map(({ name, options }) => [name, options])).toEqual(
				names.map((name) => [name, ["retained"]]),
			);
			expect(program.result).toBe(2);
			expect(program.ofType("aws:iam/rolePolicyAttachment:RolePolicyAttachment")[0]?.options).toEqual(["retained"]);
			expect(JSON.parse(String(made(program)[0]?.inputs.assumeRolePolicy)).Statement[0].Condition).toEqual({
				StringEquals: { "aws:SourceAccount": testPlace.accountId },
				ArnLike: { "aws:SourceArn": `arn:aws-test:dms:*:${testPlace.accountId}:*` },
			});
		});

		it("stay this stack's where it made them", async () => {
			const program = await roles(withDmsRoles({ Project: "analytics-pipeline", Stack: "dev", ManagedBy: "pulumi" }));
			expect(made(program).map(({ name, options }) => [name, options])).toEqual(
				names.map((name) => [name, ["retained", `import ${name.slice("roles-".length)}`]]),
			);
		});

		it.each([{}, { Project: "analytics-pipeline", Stack: "prod" }])("are left alone with tags %j", async (tags) => {
			const program = await roles(withDmsRoles(tags));
			expect(program.resources.filter(({ custom }) => custom)).toEqual([]);
			expect(program.result).toBe(0);
		});
	});
});

describe("Clickstream", () => {
	it("tells the stream's name only once Firehose reads it", async () => {
		const program = await runProgram(() => {
			const { streamName } = new Clickstream("clicks", {
				...place,
				...buckets,
				streamName: "kds",
				deliveryStreamName: "kdf",
				retentionHours: 24,
			});
			new DataLake("producer", { kmsKeyArn: streamName, disposable: true });
		});
		expect(program.named("producer-raw-encryption").dependencies).toEqual(
			expect.arrayContaining(["clicks-delivery", "clicks-stream"]),
		);
		expect(program.named("clicks-delivery").dependencies).toContain("clicks-role-policy");
	});

	it("delivers gzipped lines by the hour, every MiB or minute, and has no encryption setting that a Kinesis source forbids", async () => {
		const program = await runProgram(() => {
			new Clickstream("clicks", {
				...place,
				...buckets,
				streamName: "kds",
				deliveryStreamName: "kdf",
				retentionHours: 24,
			});
		});
		const { inputs } = program.named("clicks-delivery");
		expect(inputs).not.toHaveProperty("serverSideEncryption");
		expect(inputs.extendedS3Configuration).toMatchObject({
			prefix: "clickstream-data/!{timestamp:yyyy/MM/dd/HH}/",
			errorOutputPrefix: "clickstream-errors/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd/HH}/",
			bufferingSize: 1,
			bufferingInterval: 60,
			compressionFormat: "GZIP",
			processingConfiguration: {
				enabled: true,
				processors: [
					{ type: "AppendDelimiterToRecord", parameters: [{ parameterName: "Delimiter", parameterValue: "\\n" }] },
				],
			},
		});
		expect(program.named("clicks-stream").inputs).toMatchObject({
			name: "kds",
			streamModeDetails: { streamMode: "ON_DEMAND" },
		});
		expect(program.named("clicks-stream").inputs).not.toHaveProperty("shardCount");
	});
});

describe("SourceDatabase", () => {
	const database = {
		...place,
		...buckets,
		instanceClass: "db.t4g.micro",
		storageGb: 20,
		multiAz: false,
		binlogRetentionHours: 48,
		sampleSchemaFile: repositoryPath("infra/assets/sampleSchema.sql"),
		schemas: ["wordpress-db"],
	};

	it("on RDS keeps binlogs by the procedure that DMS calls, backups on, and leaves a snapshot", async () => {
		const program = await runProgram(() => {
			const { afterConnectScript } = new SourceDatabase("db", {
				...database,
				kind: "rds",
				engine: "mysql",
				port: 3306,
				disposable: false,
			});
			return { afterConnectScript };
		});
		expect(program.result.afterConnectScript).toBe("call mysql.rds_set_configuration('binlog retention hours', 48)");
		const { inputs, secrets } = program.named("db-instance");
		expect(inputs).toMatchObject({
			engine: "mysql",
			engineVersion: "8.4",
			backupRetentionPeriod: 7,
			deletionProtection: true,
			skipFinalSnapshot: false,
			// Made anew with the stack, so that the snapshot of the one before is not in its way.
			finalSnapshotIdentifier: "db-final-db-final-snapshot0",
			publiclyAccessible: false,
		});
		expect(secrets).toContain("password");
		expect(program.named("db-parameters").inputs.parameters).toEqual([
			{ name: "binlog_format", value: "ROW" },
			{ name: "binlog_row_image", value: "FULL" },
			{ name: "require_secure_transport", value: "1" },
		]);
		expect(program.named("db-secret-value").secrets).toContain("secretString");
	});

	it("on a disposable stack leaves nothing", async () => {
		const program = await runProgram(() => {
			new RdsDatabase("db", { ...database, disposable: true });
		});
		expect(program.named("db-instance").inputs).toMatchObject({
			deletionProtection: false,
			skipFinalSnapshot: true,
			backupRetentionPeriod: 1,
		});
		expect(program.named("db-instance").inputs).not.toHaveProperty("finalSnapshotIdentifier");
		expect(program.named("db-secret").inputs.recoveryWindowInDays).toBe(0);
	});

	it("on EC2 is reached by Session Manager: no key pair, no public address, no secret in its start-up script", async () => {
		const program = await runProgram(() => {
			new Ec2Database("db", { ...database, instanceType: "t4g.small", disposable: true });
		});
		const { inputs } = program.named("db-instance");
		for (const key of ["keyName", "associatePublicIpAddress", "vpcSecurityGroupIds"])
			expect(inputs).not.toHaveProperty(key);
		expect(inputs.metadataOptions).toEqual({ httpTokens: "required", httpEndpoint: "enabled" });
		expect(inputs.userData).not.toContain("GENERATED-SECRET");
		expect(program.named("db-instance").dependencies).toEqual(
			expect.arrayContaining(["db-role-policy", "db-secret-value", "db-tls-value", "db-sample-schema"]),
		);
	});

	it("that is external is only described, and all of it has to be", async () => {
		const args = { ...database, kind: "external", engine: "mariadb", port: 3307, disposable: false } as const;
		const program = await runProgram(() =>
			new SourceDatabase("db", { ...args, host: "h", secretArn: "arn:s", caCertificate: "PEM" }).described(),
		);
		expect(program.resources).toHaveLength(1);
		expect(program.result).toEqual({
			kind: "external",
			engine: "mariadb",
			host: "h",
			port: 3307,
			secretArn: "arn:s",
			caCertificate: "PEM",
			instanceId: null,
		});
		await expect(runProgram(() => new SourceDatabase("db", args).host)).rejects.toThrow(
			"an external source needs host, secretArn and caCertificate",
		);
	});
});

describe("Warehouse", () => {
	const warehouse = (kind: "serverless" | "provisioned", nodes = 1, disposable = true) =>
		runProgram(() =>
			new Warehouse("wh", {
				...place,
				...buckets,
				datasets,
				processedBucketArn: "arn:processed",
				kind,
				catalogDatabase: "db",
				baseCapacity: 8,
				nodeType: "ra3.large",
				nodes,
				disposable,
			}).described(),
		);

	it("without servers has its default role among its roles, no password of ours, and is private", async () => {
		const program = await warehouse("serverless");
		const role = `arn:${testPlace.partition}:iam::${testPlace.accountId}:role/wh-role`;
		expect(program.named("wh-namespace").inputs).toMatchObject({
			manageAdminPassword: true,
			iamRoles: [role],
			defaultIamRoleArn: role,
		});
		expect(program.named("wh-namespace").inputs).not.toHaveProperty("adminUserPassword");
		expect(program.named("wh-workgroup").inputs).toMatchObject({
			publiclyAccessible: false,
			baseCapacity: 8,
			enhancedVpcRouting: false,
		});
		expect(program.result).toMatchObject({
			kind: "serverless",
			identifier: "wh",
			database: "analytics",
			host: "wh-workgroup.redshift-serverless.test",
		});
	});

	it("as a cluster has the same, in nodes", async () => {
		const program = await warehouse("provisioned", 2);
		expect(program.named("wh-cluster").inputs).toMatchObject({
			clusterType: "multi-node",
			numberOfNodes: 2,
			encrypted: "true",
			manageMasterPassword: true,
			publiclyAccessible: false,
		});
		expect(program.named("wh-cluster").inputs).not.toHaveProperty("masterPassword");
		expect(program.named("wh-cluster").inputs).not.toHaveProperty("finalSnapshotIdentifier");
		expect(program.result).toMatchObject({ kind: "provisioned", identifier: "wh" });
	});

	it.each([
		["serverless", "wh-workgroup.redshift-serverless.test", "namespaceName"],
		["provisioned", "wh-cluster.redshift.test", "dbClusterIdentifier"],
	] as const)("%s has a second secret, of a user who only reads", async (kind, host, identifier) => {
		const program = await warehouse(kind);
		const { inputs, secrets } = program.named("wh-reader-value");
		expect(secrets).toContain("secretString");
		expect(JSON.parse(String(inputs.secretString))).toEqual({
			engine: "redshift",
			host,
			port: 5439,
			username: "warehouse_reader",
			password: generatedSecret,
			dbname: "analytics",
			[identifier]: "wh",
		});
		expect(program.named("wh-reader").inputs).toMatchObject({ kmsKeyId: place.kmsKeyArn, recoveryWindowInDays: 0 });
		expect(program.result).toMatchObject({ readerSecretArn: expect.stringMatching(/:secret:wh-reader-AbCdEf$/) });
	});

	it("that is to be kept keeps the reader's secret restorable", async () => {
		const program = await warehouse("serverless", 1, false);
		expect(program.named("wh-reader").inputs).toMatchObject({ recoveryWindowInDays: 30 });
	});

	it("as a cluster to keep leaves a snapshot whose name is another the next time", async () => {
		const program = await warehouse("provisioned", 2, false);
		const { inputs, dependencies } = program.named("wh-cluster");
		expect(inputs).toMatchObject({ skipFinalSnapshot: false, finalSnapshotIdentifier: "wh-final-wh-final-snapshot0" });
		expect(dependencies).toContain("wh-final-snapshot");
	});
});

describe("ReplicationStream", () => {
	const streamed = () =>
		runProgram(() => {
			const { targetEndpointArn } = new ReplicationStream("changes", { ...place, ...buckets, datasets });
			new DataLake("task", { kmsKeyArn: targetEndpointArn, disposable: true });
		});

	it("delivers each table to a folder of its own, by the hour, under what the jobs read as messages", async () => {
		const program = await streamed();
		const { inputs } = program.named("changes-delivery");
		expect(inputs.extendedS3Configuration).toMatchObject({
			prefix: "!{partitionKeyFromQuery:schema}/!{partitionKeyFromQuery:table}/!{timestamp:yyyy/MM/dd/HH}/",
			// Not below a schema: what lies there would be taken for messages.
			errorOutputPrefix: "clickstream-errors/replication/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd/HH}/",
			bufferingSize: 64,
			bufferingInterval: 60,
			compressionFormat: "GZIP",
			fileExtension: ".json.gz",
			dynamicPartitioningConfiguration: { enabled: true },
			processingConfiguration: {
				enabled: true,
				processors: [{ type: "MetadataExtraction" }, { type: "AppendDelimiterToRecord" }],
			},
		});
	});

	it("has DMS write messages with definitions, nulls, exact integers and commit times", async () => {
		expect((await streamed()).named("changes-target").inputs).toMatchObject({
			engineName: "kinesis",
			endpointType: "target",
			kinesisSettings: {
				messageFormat: "json-unformatted",
				includeControlDetails: true,
				includeTableAlterOperations: true,
				includeNullAndEmpty: true,
				includeTransactionDetails: true,
				useLargeIntegerValue: true,
			},
		});
	});

	it("lets DMS write to its stream only, and nothing before Firehose reads", async () => {
		const program = await streamed();
		const policy = JSON.parse(program.named("changes-target-role-policy").inputs.policy as string) as {
			Statement: { Action: string[]; Resource: string[] }[];
		};
		expect(policy.Statement.map(({ Action }) => Action)).toEqual([
			["kinesis:DescribeStream", "kinesis:PutRecord", "kinesis:PutRecords"],
			["kms:Decrypt", "kms:GenerateDataKey"],
		]);
		expect(program.named("changes-target").dependencies).toContain("changes-delivery");
		expect(program.named("task-raw-encryption").dependencies).toContain("changes-target");
	});
});
