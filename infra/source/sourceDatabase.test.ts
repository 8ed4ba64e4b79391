import { describe, expect, it } from "vitest";
import { buckets, shared } from "../testing/componentArgs.ts";
import { runProgram } from "../testing/program.ts";
import { repositoryPath } from "../testing/stack.ts";
import { SourceDatabase } from "./sourceDatabase.ts";

describe("SourceDatabase", () => {
	const database = {
		...shared,
		...buckets,
		instanceClass: "db.t4g.micro",
		storageGb: 20,
		multiAz: false,
		binlogRetentionHours: 48,
		sampleSchemaFile: repositoryPath("pipelines/shop/seed/sample.sql"),
		schemas: ["wordpress-db"],
		verifyTable: undefined,
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
			// Rebuilt with the stack, so that the snapshot of the one before is not in its way.
			finalSnapshotIdentifier: "db-final-db-final-snapshot0",
			publiclyAccessible: false,
		});
		expect(secrets).toContain("password");
		expect(program.named("db-parameters").inputs.parameters).toEqual([
			{ name: "binlog_format", value: "ROW" },
			{ name: "binlog_row_image", value: "full" },
			{ name: "require_secure_transport", value: "1" },
		]);
		expect(program.named("db-secret-value").secrets).toContain("secretString");
	});

	it("on RDS is read by a user of one's own secret, and keeps the administrator's", async () => {
		const args = { ...database, kind: "rds", engine: "mysql", port: 3306, disposable: true } as const;
		const program = await runProgram(
			() => new SourceDatabase("db", { ...args, secretArn: "arn:replication" }).secretArn,
		);
		expect(program.result).toBe("arn:replication");
		expect(program.named("db-secret-value").secrets).toContain("secretString");
	});

	it("that is external is only described, and all of it has to be", async () => {
		const args = { ...database, kind: "external", engine: "mariadb", port: 3307, disposable: false } as const;
		const program = await runProgram(() =>
			new SourceDatabase("db", { ...args, host: "h", secretArn: "arn:s", caCertificate: "PEM" }).toOutputs(),
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
