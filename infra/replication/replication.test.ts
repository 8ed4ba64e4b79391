import { describe, expect, it } from "vitest";
import { shop } from "../../tests/support/sampleShop.ts";
import { declaredKeys } from "../declaredKeys.ts";
import { buckets, shared } from "../testing/componentArgs.ts";
import { testEnvironment } from "../testing/mockedCloud.ts";
import { runProgram } from "../testing/program.ts";
import { Replication, type ReplicationArgs } from "./replication.ts";

describe("Replication", () => {
	const replication = (afterConnectScript?: string, engineVersion?: string, changes: Partial<ReplicationArgs> = {}) =>
		runProgram(() => {
			new Replication("dms", {
				...shared,
				...buckets,
				pipeline: shop.pipeline,
				topicArn: "arn:topic",
				sourceEngine: "mysql",
				sourceSecretArn: "arn:secret",
				sourceCaCertificate: "PEM",
				instanceClass: "dms.t3.small",
				storageGb: 20,
				multiAz: false,
				engineVersion,
				cdcMaxBatchSeconds: 60,
				...(afterConnectScript === undefined ? {} : { afterConnectScript }),
				...changes,
			});
		});

	it("writes what the jobs read: Parquet, Op in a full load too, commit time, deletes", async () => {
		expect((await replication()).named("dms-target").inputs).toEqual({
			endpointId: "dms-target",
			endpointType: "target",
			bucketName: "raw",
			serviceAccessRoleArn: `arn:${testEnvironment.partition}:iam::${testEnvironment.accountId}:role/dms-target-role`,
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
		const elsewhere = await replication(undefined, undefined, { sourceTimeZone: "Asia/Kolkata" });
		expect(elsewhere.named("dms-source").inputs.mysqlSettings).toEqual({ serverTimezone: "Asia/Kolkata" });
	});

	it("has one setting that changes the S3 endpoint, which no provider does under a running task: its key says what to do", async () => {
		const target = async (changes: Partial<ReplicationArgs>) =>
			(await replication(undefined, undefined, changes)).named("dms-target").inputs;
		const before = await target({});
		const changed: Partial<Record<keyof ReplicationArgs, Partial<ReplicationArgs>>> = {
			sourceEngine: { sourceEngine: "mariadb" },
			sourceSecretArn: { sourceSecretArn: "arn:other" },
			sourceCaCertificate: { sourceCaCertificate: "OTHER" },
			afterConnectScript: { afterConnectScript: "call y" },
			instanceClass: { instanceClass: "dms.r6i.large" },
			storageGb: { storageGb: 21 },
			multiAz: { multiAz: true },
			engineVersion: { engineVersion: "3.6.1" },
			cdcMaxBatchSeconds: { cdcMaxBatchSeconds: 61 },
			logRetentionDays: { logRetentionDays: 31 },
		};
		const differing: string[] = [];
		for (const [key, change] of Object.entries(changed)) {
			if (JSON.stringify(await target(change)) !== JSON.stringify(before)) differing.push(key);
		}
		expect(differing).toEqual(["cdcMaxBatchSeconds"]);
		expect(declaredKeys().cdcMaxBatchSeconds?.description).toContain("pipeline-cli replication stop");
	});

	it("is upgraded by AWS where no version is named, and where one is, by whoever names another", async () => {
		const { inputs } = (await replication()).named("dms-instance");
		expect(inputs).toMatchObject({ autoMinorVersionUpgrade: true, allowMajorVersionUpgrade: true });
		expect(inputs).not.toHaveProperty("engineVersion");
		expect((await replication(undefined, "3.6.1")).named("dms-instance").inputs).toMatchObject({
			engineVersion: "3.6.1",
			autoMinorVersionUpgrade: false,
			allowMajorVersionUpgrade: true,
		});
	});

	it("may write its schemas and the tables of its own, which have none, and nothing else of the raw zone", async () => {
		const { inputs } = (await replication()).named("dms-target-role-policy");
		const { Statement } = JSON.parse(String(inputs.policy)) as { Statement: Record<string, unknown>[] };
		expect(Statement.find(({ Sid }) => Sid === "WriteSchemas")?.Resource).toEqual([
			"arn:raw/classicmodels/*",
			"arn:raw/wordpress-db/*",
			"arn:raw/awsdms_*",
			"arn:raw//awsdms_*",
		]);
	});

	it("names a certificate by its content, so that another one can stand beside it until the endpoint has changed", async () => {
		expect((await replication()).named("dms-source-certificate").inputs.certificateId).toMatch(
			/^dms-source-[0-9a-f]{16}$/,
		);
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
});
