import { describe, expect, it } from "vitest";
import { tableFolders } from "../../etl/definition/tables.ts";
import { shop } from "../../tests/support/sampleShop.ts";
import { buckets, shared } from "../testing/componentArgs.ts";
import { generatedSecret, testEnvironment } from "../testing/mockedCloud.ts";
import { runProgram } from "../testing/program.ts";
import { Warehouse } from "./warehouse.ts";

describe("Warehouse", () => {
	const warehouse = (kind: "serverless" | "provisioned", nodes = 1, disposable = true) =>
		runProgram(() =>
			new Warehouse("wh", {
				...shared,
				...buckets,
				tableFolders: tableFolders(shop.pipeline),
				hasClicks: true,
				kind,
				catalogDatabase: "db",
				baseCapacity: 8,
				nodeType: "ra3.large",
				nodes,
				disposable,
			}).toOutputs(),
		);

	it("without servers has its default role among its roles, no password of ours, and is private", async () => {
		const program = await warehouse("serverless");
		const role = `arn:${testEnvironment.partition}:iam::${testEnvironment.accountId}:role/wh-role`;
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
		expect(program.named("wh-reader").inputs).toMatchObject({ kmsKeyId: shared.kmsKeyArn, recoveryWindowInDays: 0 });
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
