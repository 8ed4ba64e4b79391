import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { JobDefinition } from "../../etl/definition/jobs.ts";
import { jobs } from "../../tests/support/sampleShop.ts";
import { stateMachine } from "../schedule/stateMachine.ts";
import { buckets, shared } from "../testing/componentArgs.ts";
import { runProgram } from "../testing/program.ts";
import { repositoryPath } from "../testing/stack.ts";
import { EtlJobs, packageSources } from "./etlJobs.ts";

const made = (
	changes: { executionClass?: "FLEX" | "STANDARD"; readSource?: boolean; jobs?: readonly JobDefinition[] } = {},
) =>
	runProgram(
		() =>
			new EtlJobs("jobs", {
				...shared,
				...buckets,
				jobs,
				schemas: ["wordpress-db", "classicmodels"],
				document: { datasets: [], models: [] },
				etlFolder: repositoryPath("etl"),
				definitionFolder: repositoryPath("pipelines/shop"),
				database: "db",
				securityConfiguration: "security",
				workerType: "G.1X",
				maxWorkers: 2,
				executionClass: "STANDARD",
				metrics: false,
				timeoutMinutes: 60,
				readSource: false,
				sourceHost: "h",
				sourcePort: 3306,
				sourceSecretArn: "arn:secret",
				sourceCaCertificate: "PEM",
				subnetId: "subnet-1",
				availabilityZone: "a",
				...changes,
			}).jobNames,
	);

describe("EtlJobs", () => {
	it("of FLEX are not queued, which no page of AWS says that they can be", async () => {
		const queued = async (executionClass: "FLEX" | "STANDARD") =>
			(await made({ executionClass })).named("jobs-process-load").inputs.jobRunQueuingEnabled;
		expect(await queued("FLEX")).toBe(false);
		expect(await queued("STANDARD")).toBe(true);
	});

	it("are those of the list: pinned, one run at a time, further ones queued, retried by the state machine alone", async () => {
		const program = await made();
		expect(program.ofType("aws:glue/job:Job").map(({ name }) => name)).toEqual(
			jobs.map(({ name }) => `jobs-${name}`).sort(),
		);
		const { inputs } = program.named("jobs-process-load");
		expect(inputs).toMatchObject({
			glueVersion: "5.1",
			workerType: "G.1X",
			numberOfWorkers: 2,
			executionClass: "STANDARD",
			executionProperty: { maxConcurrentRuns: 1 },
			jobRunQueuingEnabled: true,
			maxRetries: 0,
			timeout: 60,
			securityConfiguration: "security",
			defaultArguments: { "--enable-auto-scaling": "true", "--raw_uri": "s3://raw/" },
		});
		for (const key of ["maxCapacity", "connections", "nonOverridableArguments", "notificationProperty"])
			expect(inputs).not.toHaveProperty(key);
	});

	it("keep script, package and tables under keys of their content", async () => {
		const program = await made();
		const keys = program.ofType("aws:s3/bucketObject:BucketObject").map(({ inputs }) => String(inputs.key));
		expect(keys.filter((key) => !/^(jobs|lakehouse|datasets|certificates)\/[0-9a-f]{16}\/[\w.]+$/.test(key))).toEqual(
			[],
		);
		const { defaultArguments, command } = program.named("jobs-join-tables").inputs as {
			defaultArguments: Record<string, string>;
			command: { scriptLocation: string };
		};
		for (const uri of [
			defaultArguments["--extra-py-files"],
			defaultArguments["--datasets_uri"],
			command.scriptLocation,
		])
			expect(keys.map((key) => `s3://scripts/${key}`)).toContain(uri);
	});

	it("share every module of the package, the contract beside them, and the packages of the definition's own jobs", () => {
		const definitionFolder = repositoryPath("pipelines/shop");
		const sources = packageSources({ etlFolder: repositoryPath("etl"), definitionFolder, jobs });
		expect(sources).toMatchObject({
			"lakehouse/contract.py": repositoryPath("etl/lakehouse/contract.py"),
			"lakehouse/run/job.py": repositoryPath("etl/lakehouse/run/job.py"),
			"lakehouse/contract.json": repositoryPath("etl/contract/contract.json"),
			"shop/star.py": join(definitionFolder, "jobs/shop/star.py"),
		});
		expect(sources).not.toHaveProperty("star_schema.py");
		for (const file of Object.values(sources)) expect(existsSync(file), file).toBe(true);
	});

	it("write logs that end, to the groups that Glue takes for this role and security configuration", async () => {
		const program = await made();
		const prefix = "/aws-glue/jobs/security-role/jobs-role";
		expect(program.named("jobs-error-log").inputs).toEqual({
			name: `${prefix}/error`,
			kmsKeyId: "arn:key",
			retentionInDays: 30,
		});
		expect(program.named("jobs-output-log").inputs.name).toBe(`${prefix}/output`);
		expect(program.named("jobs-process-cdc").dependencies).toEqual(
			expect.arrayContaining(["jobs-error-log", "jobs-output-log", "jobs-role-policy"]),
		);
	});

	it("are one more where the list is: job, script, rights, and a wave of the runs", async () => {
		const [join] = jobs.filter(({ name }) => name === "join-tables") as [JobDefinition];
		const forecast: JobDefinition = {
			...join,
			name: "forecast",
			after: ["join-tables"],
			writes: [{ zone: "processed", prefix: "forecast" }],
		};
		const program = await made({ jobs: [join, forecast] });
		expect(program.named("jobs-forecast").inputs.command).toMatchObject({
			scriptLocation: expect.stringMatching(/^s3:\/\/scripts\/jobs\/[0-9a-f]{16}\/join_tables\.py$/),
		});
		expect(String(program.named("jobs-role-policy").inputs.policy)).toContain('"arn:processed/forecast/*"');
		const names = {
			jobNames: { "join-tables": "j", forecast: "f" },
			topicArn: "t",
			processedBucket: "b",
			replicationTaskArn: "r",
			partition: "aws",
		};
		const machine = stateMachine({ ...names, jobs: [join, forecast], retries: 0, timeoutMinutes: 60 });
		expect(machine.States["wave 1"]).toMatchObject({ Comment: "join-tables", Next: "wave 2" });
		expect(machine.States["wave 2"]).toMatchObject({ Comment: "forecast" });
	});

	it("read the lake, and have a connection to the source for whatever needs one", async () => {
		const program = await made();
		expect(program.named("jobs-source").inputs).toMatchObject({
			connectionType: "JDBC",
			connectionProperties: {
				JDBC_CONNECTION_URL: "jdbc:mysql://h:3306/classicmodels",
				JDBC_ENFORCE_SSL: "true",
				SECRET_ID: "arn:secret",
			},
		});
		expect(program.ofType("aws:glue/job:Job").filter(({ inputs }) => "connections" in inputs)).toEqual([]);
		expect(String(program.named("jobs-role-policy").inputs.policy)).not.toMatch(/secretsmanager|ec2:/);
	});

	it("read the source where they are asked to and can, in its network, with the rights for it", async () => {
		const program = await made({ readSource: true });
		const able = program.ofType("aws:glue/job:Job").filter(({ inputs }) => "connections" in inputs);
		expect(able.map(({ name }) => name)).toEqual(
			jobs.filter(({ usesSource }) => usesSource).map(({ name }) => `jobs-${name}`),
		);
		expect(able[0]?.inputs).toMatchObject({
			connections: ["jobs-source"],
			defaultArguments: {
				"--source": "jdbc",
				"--jdbc_url": "jdbc:mysql://h:3306/classicmodels?sslMode=REQUIRED",
				"--jdbc_secret": "arn:secret",
			},
		});
		expect(program.named("jobs-process-load").inputs.defaultArguments).not.toHaveProperty("--source");
		expect(String(program.named("jobs-role-policy").inputs.policy)).toContain("secretsmanager:GetSecretValue");
	});
});
