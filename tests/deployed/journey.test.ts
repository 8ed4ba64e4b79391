import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, vi } from "vitest";
import { jobWaves } from "../../etl/definition/jobs.ts";
import { definePipeline } from "../../infra/definePipeline.ts";
import type { PipelineOutputs } from "../../infra/outputs.ts";
import { type Program, runProgram } from "../../infra/testing/program.ts";
import { engineConfig } from "../../infra/testing/stack.ts";
import { it } from "../support/aws/awsFixtures.ts";
import { DmsScript } from "../support/aws/dms.ts";
import { AwsEndpoint, json as answered } from "../support/aws/endpoint.ts";
import { type Ran, runMain } from "../support/aws/scriptedStack.ts";
import { sourceUser } from "../support/aws/tlsSource.ts";
import { jobs } from "../support/sampleShop.ts";
import { type Answer, AwsCalls } from "./awsCalls.ts";
import { DmsControl } from "./dmsControl.ts";
import { EmulatedCloud, place, placeAnswers } from "./emulatedCloud.ts";

let calls: AwsCalls;
let cloud: EmulatedCloud;
let control: DmsControl;
let scripted: AwsEndpoint;
let program: Program;
let outputs: PipelineOutputs;
let file: string;

/** `pulumi up` of dev on MiniStack: the program as it is, each resource by a call of AWS's SDK; what MiniStack lacks, by a script. */
it.beforeAll(async ({ miniStack, fileFolder }) => {
	scripted = await AwsEndpoint.start();
	control = new DmsControl(scripted);
	// MiniStack lacks Service Quotas, and takes half a minute to say so.
	scripted.on("servicequotas", "GetServiceQuota", () => answered({ Quota: { Value: 50 } }));
	const env = {
		AWS_ENDPOINT_URL: miniStack.url,
		AWS_ENDPOINT_URL_DATABASE_MIGRATION_SERVICE: scripted.url,
		AWS_ENDPOINT_URL_SERVICE_QUOTAS: scripted.url,
		AWS_ACCESS_KEY_ID: place.accountId,
		AWS_SECRET_ACCESS_KEY: "test",
		AWS_REGION: place.region,
		AWS_DEFAULT_REGION: place.region,
		AWS_CONFIG_FILE: "/dev/null",
		AWS_MAX_ATTEMPTS: "2",
		PIPELINE_HOME: join(fileFolder, "home"),
		CI: "",
	};
	for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
	calls = await AwsCalls.start(env);
	cloud = new EmulatedCloud(calls);
	const config = engineConfig("dev", place.region);
	const up = await runProgram(definePipeline, { stack: "dev", config, answers: placeAnswers, make: cloud.make });
	program = up;
	outputs = up.result;
	new DmsScript(scripted, outputs.replication);
	file = join(fileFolder, "outputs.json");
	await writeFile(file, JSON.stringify({ pipeline: outputs }));
});
it.afterAll(async () => {
	vi.unstubAllEnvs();
	await calls.stop();
	await scripted.close();
});

const run = (...args: string[]): Promise<Ran> => runMain([...args, "--outputs", file]);

async function json<T>(...args: string[]): Promise<{ code: number; document: T }> {
	const { code, out, err } = await run(...args, "--json");
	expect(out, err).not.toBe("");
	return { code, document: JSON.parse(out) as T };
}

const call = (service: string, operation: string, params: unknown): Promise<Answer> =>
	calls.call({ service, operation, params });

it("takes every resource that the emulator has, and names those that it lacks", () => {
	expect(cloud.refusals).toEqual([]);
	expect([...cloud.lacks].sort()).toEqual([
		// Calls that nothing here translates: without effect in the emulator, or DMS's own.
		"aws:dms/certificate:Certificate",
		"aws:dms/replicationSubnetGroup:ReplicationSubnetGroup",
		"aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
		// MiniStack lacks it; AWS's own parser reads the rules (dqdl.test.ts).
		"aws:glue/dataQualityRuleset:DataQualityRuleset",
	]);
	const types = new Set(program.resources.filter(({ custom }) => custom).map(({ type }) => type));
	const made = [...types].filter((type) => !/^(random|tls):/.test(type) && !cloud.lacks.has(type));
	expect([...cloud.made].sort()).toEqual(made.sort());
	expect(made.length).toBeGreaterThan(45);
});

it("gives every job files that are there, a role, and a log's key", async () => {
	for (const name of Object.values(outputs.jobs)) {
		const { Job: job } = await call("glue", "GetJob", { JobName: name });
		const { Command, DefaultArguments, Role, SecurityConfiguration } = job as {
			Command: { ScriptLocation: string };
			DefaultArguments: Record<string, string>;
			Role: string;
			SecurityConfiguration: string;
		};
		for (const uri of [
			Command.ScriptLocation,
			DefaultArguments["--extra-py-files"],
			DefaultArguments["--datasets_uri"],
		]) {
			const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(String(uri)) ?? [];
			expect(Number((await call("s3", "HeadObject", { Bucket, Key })).ContentLength)).toBeGreaterThan(0);
		}
		await call("iam", "GetRole", { RoleName: Role.split("/").at(-1) });
		await call("glue", "GetSecurityConfiguration", { Name: SecurityConfiguration });
		expect(DefaultArguments).toMatchObject({
			"--raw_uri": `s3://${outputs.buckets.raw}/`,
			"--database": outputs.catalog.database,
		});
	}
});

it("leads runs to those jobs, and every notice to the topic", async () => {
	const { definition } = await call("stepfunctions", "DescribeStateMachine", {
		stateMachineArn: outputs.stateMachineArn,
	});
	const named = [...String(definition).matchAll(/"JobName":"([^"]+)"/g)].map(([, name]) => name);
	expect(named.sort()).toEqual(Object.values(outputs.jobs).sort());
	await call("sns", "GetTopicAttributes", { TopicArn: outputs.monitoring.topicArn });
	const { MetricAlarms: alarms } = await call("cloudwatch", "DescribeAlarms", {});
	const topics = (alarms as { AlarmActions: string[] }[]).flatMap(({ AlarmActions }) => AlarmActions);
	expect(topics).toHaveLength(program.ofType("aws:cloudwatch/metricAlarm:MetricAlarm").length);
	const notified = [...String(definition).matchAll(/"TopicArn":"([^"]+)"/g)].map(([, arn]) => arn);
	expect([...new Set([...topics, ...notified])]).toEqual([outputs.monitoring.topicArn]);
});

it("gives DMS a secret that says where the source is, and a task between what was made", async () => {
	const { SecretString } = await call("secretsmanager", "GetSecretValue", { SecretId: outputs.source.secretArn });
	expect(JSON.parse(String(SecretString))).toMatchObject({ host: outputs.source.host, port: 3306 });
	expect(control.made.get(outputs.replication.sourceEndpointArn)).toMatchObject({
		MySQLSettings: { SecretsManagerSecretId: outputs.source.secretArn },
	});
	expect(control.made.get(outputs.replication.targetEndpointArn)).toMatchObject({
		S3Settings: { BucketName: outputs.buckets.raw, ServerSideEncryptionKmsKeyId: outputs.keyArn },
	});
	// That address leads nowhere from here. The commands get one that says so without a wait.
	const refusing = JSON.stringify({ ...sourceUser, host: "127.0.0.1", port: 1 });
	await call("secretsmanager", "PutSecretValue", { SecretId: outputs.source.secretArn, SecretString: refusing });
	expect((await run("replication", "start")).code).toBe(0);
});

it("doctor finds nothing wrong, and says what it could not look at", async () => {
	const { code, document } = await json<{ checks: { name: string; ok: boolean; found: string }[] }>("doctor");
	expect(document.checks.filter(({ ok }) => !ok)).toEqual([]);
	expect(document.checks.map(({ name }) => name)).toEqual(
		expect.arrayContaining(["credentials", "account", "permissions", "jobs", `bucket ${outputs.buckets.raw}`]),
	);
	expect(code).toBe(0);
});

it("run-etl starts every job after those that it waits for, as one run", async () => {
	const { code, document } = await json<{ runId: string; jobs: { job: string; state: string }[] }>("run-etl");
	expect(document.jobs.map(({ job, state }) => [job, state])).toEqual(jobs.map(({ name }) => [name, "succeeded"]));
	expect(code).toBe(0);
	const startedOn = new Map<string, string>();
	for (const [name, JobName] of Object.entries(outputs.jobs)) {
		const { JobRuns } = await call("glue", "GetJobRuns", { JobName });
		const [started, ...others] = JobRuns as { StartedOn: string; Arguments: Record<string, string> }[];
		expect(others).toEqual([]);
		expect(started?.Arguments["--run_id"]).toBe(document.runId);
		startedOn.set(name, started?.StartedOn ?? "");
	}
	const waves = jobWaves(jobs).map((wave) => wave.map(({ name }) => startedOn.get(name) ?? "").sort());
	for (const [index, wave] of waves.slice(1).entries())
		expect((wave[0] ?? "") >= (waves[index]?.at(-1) ?? "")).toBe(true);
});

it("clicks reach the raw zone by their hour, and a query finds them by the columns that the program declares", async () => {
	expect((await run("clicks", "send", "--records", "20", "--seed", "5")).code).toBe(0);
	const sql =
		"SELECT COUNT(*) AS n, COUNT(DISTINCT department) AS departments, MIN(price) > 0 AS paid FROM clickstream_data";
	await expect
		.poll(async () => (await json<{ rows: unknown[][] }>("query", sql)).document.rows[0]?.[0], { timeout: 60_000 })
		.toBe(20);
	const { Contents } = await call("s3", "ListObjectsV2", { Bucket: outputs.buckets.raw, Prefix: "clickstream-data/" });
	for (const { Key } of Contents as { Key: string }[])
		expect(Key).toMatch(/^clickstream-data\/\d{4}\/\d\d\/\d\d\/\d\d\/kdf-clickstream-data-dev-/);
	const results = await call("s3", "ListObjectsV2", { Bucket: outputs.buckets.processed, Prefix: "athena-queries/" });
	expect(Number(results.KeyCount)).toBeGreaterThan(0);
});

it("crawl leaves the declared table as it is", async () => {
	const { code, document } = await json<{ tables: { name: string; change: string }[] }>("crawl");
	expect(document.tables).toMatchObject([{ name: "clickstream_data", change: "unchanged" }]);
	expect(code).toBe(0);
});

it("verify-clicks finds its clicks in the raw zone, and ends at a query that the emulator cannot answer", async () => {
	const { code, err } = await run("verify-clicks");
	expect(err).toMatch(/Wait for raw zone \(/);
	// MiniStack knows no partition projection, and so no hour of a click.
	expect(err).toMatch(/Query the clicks[\s\S]*Referenced column "year" not found/);
	expect(code).toBe(1);
	const marked = await json<{ rows: unknown[][] }>(
		"query",
		"SELECT COUNT(*) AS n FROM clickstream_data WHERE productname LIKE 'pipeline-cli-verify-%'",
	);
	expect(marked.document.rows).toEqual([[4]]);
});

it("status shows every part of it", async () => {
	const { code, out } = await run("status");
	expect(code).toBe(0);
	expect(out).toMatch(/source\s+unreachable/);
	expect(out).toMatch(/replication\s+running\s+Load complete, replication ongoing, 100 %/);
	expect(out).toMatch(/clickstream\s+active\s+kds-clickstream-data-dev/);
	expect(out).toMatch(/raw zone\s+2\d files/);
	expect(out).toMatch(/jobs\s+idle/);
	expect(out).toMatch(/catalog\s+analytics_pipeline_dev/);
	expect(out).toContain("Stack dev.");
});
