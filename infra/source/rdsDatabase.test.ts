import { describe, expect, it } from "vitest";
import { generatedSecret, testEnvironment } from "../testing/mockedCloud.ts";
import { runProgram } from "../testing/program.ts";
import { RdsDatabase } from "./rdsDatabase.ts";

const made = (disposable: boolean, multiAz = false, storageGb = 20) =>
	runProgram(() => {
		const args = { instanceClass: "db.t4g.micro", storageGb, multiAz, disposable, logRetentionDays: 30 };
		const place = {
			database: "classicmodels",
			subnetIds: ["subnet-1", "subnet-2"],
			securityGroupId: "sg-1",
			kmsKeyArn: "arn:key",
		};
		const { host, port, secretArn, identifier } = new RdsDatabase("db", { ...args, ...place });
		return { host, port, secretArn, identifier };
	});

/** Of every database; the others depend on whether it is disposable. */
const always = {
	identifier: "db",
	engine: "mysql",
	engineVersion: "8.4",
	instanceClass: "db.t4g.micro",
	storageType: "gp3",
	allocatedStorage: 20,
	maxAllocatedStorage: 80,
	storageEncrypted: true,
	kmsKeyId: "arn:key",
	dbName: "classicmodels",
	username: "admin",
	password: generatedSecret,
	port: 3306,
	dbSubnetGroupName: "db-subnets",
	vpcSecurityGroupIds: ["sg-1"],
	publiclyAccessible: false,
	multiAz: false,
	parameterGroupName: "db-parameters",
	caCertIdentifier: "rds-ca-rsa2048-g1",
	copyTagsToSnapshot: true,
	autoMinorVersionUpgrade: true,
	enabledCloudwatchLogsExports: ["error", "slowquery"],
};

describe("RdsDatabase", () => {
	it("to keep refuses to be deleted, and leaves a snapshot whose name is another the next time", async () => {
		const { inputs, secrets } = (await made(false)).named("db-instance");
		expect(inputs).toEqual({
			...always,
			backupRetentionPeriod: 7,
			deletionProtection: true,
			skipFinalSnapshot: false,
			finalSnapshotIdentifier: "db-final-db-final-snapshot0",
			applyImmediately: false,
		});
		expect(secrets).toEqual(["password"]);
	});

	it("on a disposable stack leaves nothing, and still writes binlogs", async () => {
		const program = await made(true);
		// The snapshot's name is absent.
		expect(program.named("db-instance").inputs).toEqual({
			...always,
			backupRetentionPeriod: 1,
			deletionProtection: false,
			skipFinalSnapshot: true,
			applyImmediately: true,
		});
		expect(program.ofType("random:index/randomString:RandomString")).toEqual([]);
		expect(program.named("db-secret").inputs.recoveryWindowInDays).toBe(0);
	});

	it.each([
		[20, 80],
		[16_384, 65_536],
		[20_000, 65_536],
		[59_000, 65_536],
		// RDS takes no limit that is less than a tenth above the storage.
		[60_000, undefined],
		[65_536, undefined],
	])("of %i GiB grows to %s, and never to more than RDS gives", async (storageGb, limit) => {
		expect((await made(true, false, storageGb)).named("db-instance").inputs.maxAllocatedStorage).toBe(limit);
	});

	it("stands in two zones where it is asked to", async () => {
		expect((await made(false, true)).named("db-instance").inputs).toMatchObject({ multiAz: true });
	});

	it("has row binlogs with full images, and takes TLS only", async () => {
		expect((await made(true)).named("db-parameters").inputs).toEqual({
			family: "mysql8.4",
			description: "Row binlogs with full images, TLS only",
			parameters: [
				{ name: "binlog_format", value: "ROW" },
				{ name: "binlog_row_image", value: "full" },
				{ name: "require_secure_transport", value: "1" },
			],
		});
	});

	it("logs into groups that end and are there before it", async () => {
		const program = await made(true);
		for (const log of ["error", "slowquery"]) {
			expect(program.named(`db-${log}-log`).inputs).toEqual({
				name: `/aws/rds/instance/db/${log}`,
				kmsKeyId: "arn:key",
				retentionInDays: 30,
			});
		}
		expect(program.named("db-instance").dependencies).toEqual(
			expect.arrayContaining(["db-error-log", "db-slowquery-log"]),
		);
	});

	it("says where it listens, by its secret too", async () => {
		const program = await made(true);
		expect(program.result).toMatchObject({ host: "db-instance.rds.test", port: 3306, identifier: "db" });
		expect(program.result.secretArn).toBe(
			`arn:${testEnvironment.partition}:secretsmanager:${testEnvironment.region}:${testEnvironment.accountId}:secret:db-secret-AbCdEf`,
		);
		expect(JSON.parse(String(program.named("db-secret-value").inputs.secretString))).toEqual({
			username: "admin",
			password: generatedSecret,
			host: "db-instance.rds.test",
			port: 3306,
		});
	});
});
