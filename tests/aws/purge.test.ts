import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { openDefinition } from "../../cli/engines/shared/definition.ts";
import { lake } from "../../etl/contract/contract.ts";
import { sourceRulesOf } from "../../etl/definition/sourceRules.ts";
import { it } from "../support/aws/awsFixtures.ts";
import { loaded, running } from "../support/aws/dms.ts";
import { json, refuse } from "../support/aws/endpoint.ts";
import { parquetTable } from "../support/aws/glue.ts";
import { outputs } from "../support/aws/outputs.ts";
import type { ScriptedStack } from "../support/aws/scriptedStack.ts";
import { shop } from "../support/sampleShop.ts";

const { raw, processed } = outputs.buckets;
const record = lake.appliedRules;
const report = lake.report("20261128-120000-abcd", "process-load");
const byHand = { Id: "jr_x", JobName: "dev-apply-changes", StartedOn: 1, Arguments: {} };
const now = sourceRulesOf(shop.pipeline);
/** The definition had a mask when the tables were loaded. */
const before = {
	...now,
	tables: [{ schema: "wordpress-db", table: "wp_users", columns: { user_email: "hash" as const } }],
};
const masked = "wordpress-db.wp_users (user_email: keep, previously hash)";

let aws: ScriptedStack;
it.beforeEach(async ({ aws: own }) => {
	aws = own;
	aws.s3.keeps = true;
	aws.s3.versioned.add(raw).add(processed);
	aws.dms.task = running;
	aws.dms.afterStart = [{ ...running, ReplicationTaskStartDate: 1_795_000_060, ReplicationTaskStats: loaded }];
	aws.dms.tables = ["wp_users", "wp_terms"].map((TableName) => ({
		...{ SchemaName: "wordpress-db", TableName, TableState: "Table completed" },
		...{ Inserts: 0, FullLoadRows: 3, LastUpdateTime: 1 },
	}));
	aws.s3.put(processed, record, JSON.stringify({ version: 1, rules: before, purging: [] }));
	aws.s3.put(processed, report, "{}");
	for (const table of ["wp_users", "wp_terms"]) {
		aws.s3.put(raw, `wordpress-db/${table}/LOAD00000001.parquet`, "x");
		aws.s3.put(processed, `wordpress-db/${table}/batch=1/a.parquet`, "x");
		aws.s3.put(processed, `${lake.current("wordpress-db", table)}/metadata/1.json`, "x");
	}
	const iceberg = (table: string): object => ({
		...parquetTable(table),
		Parameters: { metadata_location: `s3://${processed}/${lake.current("wordpress-db", table)}/metadata/1.json` },
	});
	const log = (table: string): object => ({
		...parquetTable(`${table}_changes`),
		StorageDescriptor: { Columns: [], Location: `s3://${processed}/wordpress-db/${table}/` },
	});
	aws.glue.tables = [iceberg("wp_users"), log("wp_users"), iceberg("wp_terms"), log("wp_terms")];
});

const holderOf = ({ job }: { job: string }): string => job;
const recorded = (): unknown => JSON.parse(aws.s3.text(processed, record));
const starts = () => aws.endpoint.inputs("dms", "StartReplicationTask").map((input) => input.StartReplicationTaskType);

describe("a rule of the definition that changed after the load", () => {
	it.each([["replication", "start"], ["run-etl"]])(
		"is refused by %s %s, with the one command that helps",
		async (...args) => {
			const { code, err } = await aws.run(...args);
			expect(code).toBe(4);
			expect(err).toContain(`The definition has changed since these tables were loaded: ${masked}.`);
			expect(err).toContain("pipeline-cli replication reload --purge");
			expect(starts()).toEqual([]);
			expect(aws.endpoint.inputs("glue", "StartJobRun")).toEqual([]);
		},
	);

	it("is taken by a purge: every version of the table's objects and its entries of the catalog go, and all is loaded", async () => {
		aws.s3.pageSize = 1;
		aws.s3.put(raw, "wordpress-db/wp_users/LOAD00000001.parquet", "newer");
		aws.s3.put(raw, "wordpress-db/wp_users/20261128-120000000.parquet", "x");
		aws.s3.remove(raw, "wordpress-db/wp_users/20261128-120000000.parquet");
		const { code, document, err } = await aws.json<{ tables: object[] }>("replication", "reload", "--purge");
		expect([code, err]).toEqual([0, expect.anything()]);
		expect(document.tables).toEqual([
			{ schema: "wordpress-db", table: "wp_users", what: "user_email: keep, previously hash" },
		]);
		expect(Object.keys(aws.s3.versions(raw))).toEqual(["wordpress-db/wp_terms/LOAD00000001.parquet"]);
		expect(Object.keys(aws.s3.versions(processed)).filter((key) => key.includes("wp_users"))).toEqual([]);
		expect(aws.s3.versions(processed)[report]).toBeUndefined();
		expect(aws.s3.keys(processed)).toContain("wordpress-db/wp_terms/batch=1/a.parquet");
		expect(aws.endpoint.inputs("glue", "DeleteTable").map(({ Name }) => Name)).toEqual([
			"wp_users",
			"wp_users_changes",
		]);
		expect(starts()).toEqual(["reload-target"]);
		expect(recorded()).toEqual({ version: 1, rules: now, purging: [] });
		expect((await aws.run("replication", "start")).code).toBe(0);
	});

	it("is still refused where a purge ended in between, and the same command ends it", async () => {
		aws.endpoint.fault("dms", "StartReplicationTask", refuse("InvalidResourceStateFault", "The task is modified"));
		expect((await aws.run("replication", "reload", "--purge")).code).not.toBe(0);
		expect(recorded()).toEqual({
			version: 1,
			rules: before,
			purging: [{ schema: "wordpress-db", table: "wp_users" }],
		});
		expect((await aws.run("run-etl")).err).toContain("its purge has started");
		const { code, err } = await aws.run("replication", "reload", "--purge");
		expect([code, err]).toEqual([0, expect.anything()]);
		expect(recorded()).toEqual({ version: 1, rules: now, purging: [] });
	});

	describe("where there is no record of rules", () => {
		it.beforeEach(async ({ folder }) => {
			const text =
				"name: own\nsource: { schemas: [wordpress-db] }\ntables: { wordpress-db.wp_users: { columns: { user_email: hash } } }\n";
			await writeFile(join(folder, "pipeline.yaml"), text);
			const rules = JSON.stringify(sourceRulesOf(openDefinition(folder).pipeline));
			await aws.deploy({ definition: folder, replication: { ...outputs.replication, rules } });
			aws.s3.remove(processed, record);
		});
		const inTheClear = "wordpress-db.wp_users (user_email: hash, previously keep)";

		it("the stack was loaded before there was one, when nothing was withheld", async () => {
			const { code, err } = await aws.run("replication", "start");
			expect([code, err]).toEqual([4, expect.stringContaining(inTheClear)]);
		});

		it("files of a task that was replaced count, too", async () => {
			aws.dms.tables = [];
			aws.dms.task = { Status: "ready" };
			const { code, err } = await aws.run("replication", "start");
			expect([code, err]).toEqual([4, expect.stringContaining(inTheClear)]);
		});

		it("and nothing is loaded, it is written before the first start", async () => {
			aws.dms.tables = [];
			aws.dms.task = { Status: "ready" };
			aws.s3.remove(raw, "wordpress-db/wp_users/LOAD00000001.parquet");
			aws.endpoint.fault("dms", "StartReplicationTask", refuse("InvalidResourceStateFault", "The task is modified"));
			expect((await aws.run("replication", "start")).code).not.toBe(0);
			expect(recorded()).toMatchObject({ rules: { tables: [{ columns: { user_email: "hash" } }] }, purging: [] });
			expect((await aws.run("replication", "start")).code).toBe(0);
		});
	});

	it("is not loaded before it is deployed", async () => {
		aws.dms.task = { Status: "ready" };
		aws.s3.put(processed, record, JSON.stringify({ version: 1, rules: now, purging: [] }));
		await aws.deploy({ replication: { ...outputs.replication, rules: JSON.stringify(before) } });
		const { code, err } = await aws.run("replication", "start");
		expect([code, err]).toEqual([2, expect.stringContaining("pulumi up")]);
		expect(starts()).toEqual([]);
	});

	it("is not purged before it is deployed: DMS would load by the rules of before", async () => {
		await aws.deploy({ replication: { ...outputs.replication, rules: JSON.stringify(before) } });
		const { code, err } = await aws.run("replication", "reload", "--purge");
		expect([code, err]).toEqual([2, expect.stringContaining("pulumi up")]);
		expect(aws.s3.keys(raw)).toHaveLength(2);
		expect(aws.s3.has(processed, report)).toBe(true);
	});

	it.each([
		["by hand", "Run jr_x of dev-apply-changes, started by hand, is in progress."],
		["by the schedule, between two jobs", "Run 20261128-all of the state machine is in progress."],
	])("waits for a run that was started %s", async (who, message) => {
		if (who === "by hand") aws.glue.add({ ...byHand, JobRunState: "RUNNING" }, []);
		else {
			const skipped = Array.from({ length: 120 }, (_, index) => ({
				...{ name: `s${index}`, executionArn: `arn:s${index}`, status: "SUCCEEDED", startDate: 10, stopDate: 11 },
			}));
			aws.others.executions = [...skipped, { name: "20261128-all", executionArn: "arn:1" }];
		}
		const { code, err } = await aws.run("replication", "reload", "--purge");
		expect([code, err]).toEqual([4, expect.stringContaining(message)]);
		expect(aws.s3.keys(raw)).toHaveLength(2);
		expect(aws.endpoint.inputs("dms", "StopReplicationTask")).toEqual([]);
	});

	it("waits for a job that holds the lease on the lake, and not for one that was killed", async () => {
		const now = Date.now() / 1000;
		const holders = [{ token: "t", run: "20261128-all", job: "apply-changes", until: now + 100 }];
		aws.s3.put(processed, lake.lease, JSON.stringify({ holders, takeovers: 0 }));
		const refused = await aws.run("replication", "reload", "--purge");
		expect([refused.code, refused.err]).toEqual([4, expect.stringContaining("Job apply-changes of run 20261128-all")]);
		expect(aws.s3.keys(raw)).toHaveLength(2);
		const ended = holders.map((one) => ({ ...one, until: now - 1 }));
		aws.s3.put(processed, lake.lease, JSON.stringify({ holders: ended, takeovers: 0 }));
		expect((await aws.run("replication", "reload", "--purge")).code).toBe(0);
		expect(JSON.parse(aws.s3.text(processed, lake.lease))).toEqual({ holders: [], takeovers: 1 });
	});

	it("keeps jobs from the lake while it removes, not while it loads", async () => {
		const seen: unknown[] = [];
		const look = () => seen.push(JSON.parse(aws.s3.text(processed, lake.lease)).holders.map(holderOf));
		aws.s3.onDelete = look;
		aws.dms.onStart = look;
		expect((await aws.run("replication", "reload", "--purge")).code).toBe(0);
		expect(seen.at(-1)).toEqual([]);
		expect(seen.length).toBeGreaterThan(3);
		for (const holders of seen.slice(0, -1)) expect(holders).toEqual(["pipeline-cli replication reload --purge"]);
	});

	it("is repeated where another run could take the lease meanwhile", async () => {
		aws.s3.onDelete = () => aws.s3.put(processed, lake.lease, JSON.stringify({ holders: [], takeovers: 2 }));
		const { code, err } = await aws.run("replication", "reload", "--purge");
		expect([code, err]).toEqual([4, expect.stringContaining("purge lost its lease on the lake")]);
		expect(starts()).toEqual([]);
	});

	it("is repeated where a run began meanwhile, whose jobs may have read what was there", async () => {
		aws.s3.onDelete = () => {
			if (aws.glue.runs.size === 0) aws.glue.add({ ...byHand, JobRunState: "SUCCEEDED" }, []);
		};
		const { code, err } = await aws.run("replication", "reload", "--purge");
		expect([code, err]).toEqual([4, expect.stringContaining("started by hand, began during the purge.")]);
		expect(recorded()).toMatchObject({ purging: [{ schema: "wordpress-db", table: "wp_users" }] });
		expect(JSON.parse(aws.s3.text(processed, lake.lease)).holders).toEqual([]);
		expect(starts()).toEqual([]);
	});

	it("with Kinesis as target first lets Firehose write what it has, and removes what it could not deliver", async () => {
		await aws.deploy({ replication: { ...outputs.replication, deliveryStreamName: "dev-changes" } });
		const undelivered = `${lake.replicationErrors}/processing-failed/2026/11/28/12/dev-changes-1`;
		aws.s3.put(raw, undelivered, "user_email");
		aws.dms.afterStop = [
			{
				...{ Status: "stopped", ReplicationTaskStartDate: 1_795_000_000 },
				ReplicationTaskStats: { StopDate: Date.now() / 1000 - 181 },
			},
		];
		const late = `wordpress-db/wp_users/2026/11/28/12/dev-changes-2.json.gz`;
		/** Points of each metric: seconds ago, and the value. */
		const say = (metrics: Record<string, [ago: number, value: number]>) =>
			aws.endpoint.fault(
				"monitoring",
				"GetMetricData",
				json({
					MetricDataResults: Object.entries(metrics).map(([Id, [ago, value]]) => ({
						...{ Id, Values: [value], Timestamps: [Date.now() / 1000 - ago] },
					})),
				}),
			);
		say({ behind: [300, 0], age: [300, 170], read: [300, 5] });
		say({ behind: [170, 0], age: [60, 400] });
		say({ behind: [170, 0], age: [60, 0] });
		aws.s3.put(raw, late, "user_email");
		const { code, out, err } = await aws.run("replication", "reload", "--purge");
		expect([code, err]).toEqual([0, expect.stringContaining("Firehose is 400 s behind")]);
		const asked = aws.endpoint.inputs("monitoring", "GetMetricData");
		expect(asked).toHaveLength(3);
		expect(JSON.stringify(asked[0])).toMatch(
			/DataFreshness.*KinesisMillisBehindLatest.*DataReadFromKinesisStream.Records/,
		);
		expect(Object.keys(aws.s3.versions(raw))).toEqual(["wordpress-db/wp_terms/LOAD00000001.parquet"]);
		expect(out).toContain("not removed: query results below s3://dev-results/");
		expect(out).toContain("not removed: messages in the stream of changes");
		expect(out).toMatch(/not removed: Spark's temporary files below s3:.*\/temporary\//);
		expect(out).toMatch(/not removed: logs in CloudWatch.* state machine/);
		expect(out).toContain("not removed: statements with their values in the warehouse's logs");
	});

	it("an object that cannot be removed is named, with the right that is missing", async () => {
		aws.endpoint.on("s3", "DeleteObjects", () => ({
			status: 200,
			body: "<DeleteResult><Error><Key>a</Key><Code>AccessDenied</Code><Message>Access Denied</Message></Error></DeleteResult>",
			headers: { "content-type": "text/xml" },
		}));
		const { code, err } = await aws.run("replication", "reload", "--purge");
		expect([code, err]).toEqual([4, expect.stringContaining("s3:DeleteObjectVersion")]);
		expect(starts()).toEqual([]);
	});
});
