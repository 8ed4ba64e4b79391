import { readdirSync, readFileSync } from "node:fs";
import type * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { datasets, jobs, shop } from "../tests/support/sampleShop.ts";
import { Catalog } from "./catalog/catalog.ts";
import { LakeFormation } from "./catalog/lakeFormation.ts";
import { Clickstream } from "./clickstream/clickstream.ts";
import { Dashboards } from "./dashboards/dashboards.ts";
import { DataQuality } from "./jobs/dataQuality.ts";
import { EtlJobs } from "./jobs/etlJobs.ts";
import { Monitoring } from "./monitoring/monitoring.ts";
import { Notifications } from "./monitoring/notifications.ts";
import { FlowLogs } from "./network/flowLogs.ts";
import { Network } from "./network/network.ts";
import { Athena } from "./query/athena.ts";
import { DmsServiceRoles } from "./replication/dmsServiceRoles.ts";
import { Replication } from "./replication/replication.ts";
import { ReplicationStream } from "./replication/replicationStream.ts";
import { Schedule } from "./schedule/schedule.ts";
import { Ec2Database } from "./source/ec2Database.ts";
import { RdsDatabase } from "./source/rdsDatabase.ts";
import { SourceDatabase } from "./source/sourceDatabase.ts";
import { SourceSecret } from "./source/sourceSecret.ts";
import { DataLake } from "./storage/dataLake.ts";
import { Encryption } from "./storage/encryption.ts";
import { SecureBucket } from "./storage/secureBucket.ts";
import { withDmsRoles } from "./testing/deployed.ts";
import { type Program, runProgram } from "./testing/program.ts";
import { repositoryPath } from "./testing/stack.ts";
import { Warehouse } from "./warehouse/warehouse.ts";

/** What any component may be given; each takes what it knows. */
const common = {
	pipeline: shop.pipeline,
	tableFolders: ["shop"],
	hasClicks: true,
	kmsKeyArn: "arn:key",
	topicArn: "arn:topic",
	disposable: false,
	logRetentionDays: 30,
	rawBucket: "raw",
	rawBucketArn: "arn:raw",
	processedBucket: "processed",
	replicationTaskArn: "arn:aws:dms:r:a:task:T1",
	processedBucketArn: "arn:processed",
	scriptsBucket: "scripts",
	scriptsBucketArn: "arn:scripts",
	subnetIds: ["subnet-1", "subnet-2", "subnet-3"],
	securityGroupId: "sg-1",
	securityConfiguration: "security",
	datasets,
	jobs,
	schemas: ["wordpress-db"],
	verifyTable: undefined,
	database: "classicmodels",
	crawlerName: "crawler",
	sampleSchemaFile: repositoryPath("pipelines/shop/seed/sample.sql"),
	binlogRetentionHours: 24,
	storageGb: 20,
	multiAz: false,
};
const source = { sourceHost: "h", sourcePort: 3306, sourceSecretArn: "arn:secret", sourceCaCertificate: "PEM" };

/** Each component, made alone by name. */
const components: Record<string, (name: string) => pulumi.ComponentResource> = {
	Athena: (name) =>
		new Athena(name, {
			...common,
			database: "db",
			resultsBucket: "processed",
			scanLimitGb: 1,
			queries: [{ name: "q", title: "t", description: "d", sql: "SELECT 1" }],
		}),
	Catalog: (name) => new Catalog(name, { ...common, clicks: { id: "int" }, database: `db_${name}`, crawlsDaily: true }),
	Clickstream: (name) =>
		new Clickstream(name, {
			...common,
			streamName: `kds-${name}`,
			deliveryStreamName: `kdf-${name}`,
			retentionHours: 24,
		}),
	Dashboards: (name) =>
		new Dashboards(name, {
			...common,
			engine: "athena",
			ready: true,
			pipeline: "shop",
			charts: [],
			views: [],
			principals: ["arn:owner"],
			subscribe: false,
			database: "db",
			workgroup: "w",
		}),
	DataLake: (name) => new DataLake(name, common),
	DataQuality: (name) => new DataQuality(name, common),
	// Their names are AWS's own, once an account: two can only take them.
	DmsServiceRoles: (name) => new DmsServiceRoles(name),
	Ec2Database: (name) => new Ec2Database(name, { ...common, instanceType: "t4g.small" }),
	Encryption: (name) => new Encryption(name, common),
	EtlJobs: (name) =>
		new EtlJobs(name, {
			...common,
			...source,
			document: { datasets: [], models: [] },
			etlFolder: repositoryPath("etl"),
			definitionFolder: repositoryPath("pipelines/shop"),
			database: "db",
			workerType: "G.1X",
			maxWorkers: 2,
			executionClass: "FLEX",
			metrics: false,
			readSource: true,
			timeoutMinutes: 60,
			subnetId: "subnet-1",
			availabilityZone: "a",
		}),
	FlowLogs: (name) => new FlowLogs(name, { ...common, vpcId: "vpc-1" }),
	LakeFormation: (name) =>
		new LakeFormation(name, {
			...common,
			database: "db",
			writers: { jobs: "arn:jobs" },
			readers: { warehouse: "arn:warehouse" },
		}),
	Monitoring: (name) =>
		new Monitoring(name, {
			...common,
			jobNamePrefix: `${name}-jobs-`,
			replicationInstanceId: "i",
			replicationTaskArn: "arn:aws:dms:r:a:task:T1",
			clickstream: { streamName: "s", deliveryStreamName: "d" },
			stateMachineArn: "arn:m",
			latencySeconds: 300,
			batchSeconds: 60,
			freeStorageGb: 5,
			monthlyBudgetUsd: 100,
		}),
	Network: (name) =>
		new Network(name, {
			...common,
			cidr: "10.40.0.0/16",
			endpointZones: 1,
			sourcePort: 3306,
			bucketArns: ["arn:raw"],
			sourceIsServer: true,
		}),
	Notifications: (name) => new Notifications(name, { ...common, email: "a@example.com" }),
	RdsDatabase: (name) => new RdsDatabase(name, { ...common, instanceClass: "db.t4g.micro" }),
	Replication: (name) =>
		new Replication(name, {
			...common,
			...source,
			sourceEngine: "mysql",
			instanceClass: "dms.t3.small",
			cdcMaxBatchSeconds: 60,
		}),
	ReplicationStream: (name) => new ReplicationStream(name, common),
	Schedule: (name) =>
		new Schedule(name, {
			...common,
			jobNames: Object.fromEntries(jobs.map((job) => [job.name, job.name])),
			timing: { expression: "rate(1 hour)", timezone: "UTC" },
			retries: 1,
			timeoutMinutes: 60,
		}),
	SecureBucket: (name) => new SecureBucket(name, { ...common, lifecycleRules: [] }),
	SourceDatabase: (name) =>
		new SourceDatabase(name, { ...common, kind: "rds", engine: "mysql", port: 3306, instanceClass: "db.t4g.micro" }),
	SourceSecret: (name) => new SourceSecret(name, { ...common, username: "u" }),
	Warehouse: (name) =>
		new Warehouse(name, {
			...common,
			kind: "serverless",
			catalogDatabase: "db",
			baseCapacity: 8,
			nodeType: "ra3.large",
			nodes: 1,
		}),
};

/** The resources of one instance, with the instance's name taken out. */
function shapes(program: Program, name: string): string[] {
	return program.resources
		.filter((resource) => resource.name === name || resource.name.startsWith(`${name}-`))
		.map((resource) => JSON.stringify(resource).replaceAll(name, "NAME"))
		.sort();
}

/** Two of each component, one component a program. */
const programs = new Map<string, Program>();
beforeAll(async () => {
	for (const [component, make] of Object.entries(components)) {
		const two = (): void => {
			make("alpha9");
			make("omega9");
		};
		// An account that has DMS's roles, so that nothing is made by a name of AWS's own.
		programs.set(component, await runProgram(two, { answers: withDmsRoles({}) }));
	}
});

function programOf(component: string): Program {
	const program = programs.get(component);
	if (program === undefined) throw new Error(`no program of ${component}`);
	return program;
}

describe.each(Object.keys(components))("%s", (component) => {
	it("works alone, and twice in one program", () => {
		const program = programOf(component);
		const first = shapes(program, "alpha9");
		expect(first.length).toBeGreaterThan(0);
		// Nothing is made outside the two, and the two differ in their names alone: neither refers to the other.
		expect(shapes(program, "omega9")).toEqual(first);
		expect(first.join().includes("omega9")).toBe(false);
		expect(program.resources).toHaveLength(2 * first.length);
	});

	it("makes everything below itself, named after itself", () => {
		const { resources } = programOf(component);
		const names = new Set(resources.map(({ name }) => name));
		const roots = resources.filter(({ parent }) => parent === "");
		expect(roots.map(({ name, custom }) => [name, custom])).toEqual([
			["alpha9", false],
			["omega9", false],
		]);
		expect(resources.filter(({ parent }) => parent !== "" && !names.has(parent))).toEqual([]);
	});
});

/** The file of each component, by its class. */
const sources = new Map(
	readdirSync(repositoryPath("infra"), { recursive: true, encoding: "utf8" })
		.filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
		.map((file) => readFileSync(repositoryPath(`infra/${file}`), "utf8"))
		.flatMap((source) => {
			const name = /^export class (\w+) extends pulumi\.ComponentResource/m.exec(source)?.[1];
			return name === undefined ? [] : [[name, source] as const];
		}),
);

it("every component is among them", () => {
	expect([...sources.keys()].sort()).toEqual([...Object.keys(components), "AnalyticsPipeline"].sort());
});

it.each(Object.keys(components))("%s says what it makes, its defaults, its danger and its cost", (component) => {
	const source = sources.get(component) ?? "";
	const comment = source.slice(
		source.lastIndexOf("/**", source.indexOf("\nexport class")),
		source.indexOf("\nexport class"),
	);
	expect(comment).toMatch(/^\/\*\*\n \* \S.+\n \* Defaults: \S.+\n \* Danger: \S.+\n \* Cost: \S/s);
});

it("every type of component is made of project, module and name", () => {
	const resources = [...programs.values()].flatMap((program) => program.resources);
	const types = [...new Set(resources.filter(({ custom }) => !custom).map(({ type }) => type))];
	expect(types.filter((type) => !/^analytics:[a-zA-Z]+:[A-Z][A-Za-z0-9]+$/.test(type))).toEqual([]);
	expect(types.map((type) => type.split(":").at(-1))).toEqual(expect.arrayContaining(Object.keys(components)));
});
