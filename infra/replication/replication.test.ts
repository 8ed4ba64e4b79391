import { describe, expect, it } from "vitest";
import { shop } from "../../tests/support/sampleShop.ts";
import { buckets, shared } from "../testing/componentArgs.ts";
import { testEnvironment } from "../testing/mockedCloud.ts";
import { runProgram } from "../testing/program.ts";
import { Replication } from "./replication.ts";

describe("Replication", () => {
	const replication = (afterConnectScript?: string) =>
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
