import { type AddressInfo, createServer } from "node:net";
import { describe, expect } from "vitest";
import { awsError } from "../../cli/engines/aws/client/awsError.ts";
import { it } from "../support/aws/awsFixtures.ts";
import { running } from "../support/aws/dms.ts";
import { type Answer, faults, json, xml } from "../support/aws/endpoint.ts";
import { outputs } from "../support/aws/outputs.ts";
import type { ScriptedStack } from "../support/aws/scriptedStack.ts";

let aws: ScriptedStack;
it.beforeEach(async ({ aws: own }) => {
	aws = own;
	aws.dms.task = running;
	aws.athena.before = [];
	aws.redshift.before = [];
});

/** One command a service, with the call that meets the fault. */
const commands: [command: string[], service: string, action: string][] = [
	[["replication", "status"], "dms", "DescribeReplicationTasks"],
	[["run-etl", "process-load"], "glue", "GetJobRuns"],
	[["crawl"], "glue", "StartCrawler"],
	[["query", "SELECT 1"], "athena", "StartQueryExecution"],
	[["warehouse", "query", "SELECT 1"], "redshift-data", "ExecuteStatement"],
	[["logs", "replication"], "logs", "GetLogEvents"],
	[["run-etl", "--no-wait"], "states", "ListExecutions"],
	[["warehouse", "apply"], "secretsmanager", "GetSecretValue"],
	[["dashboard", "url"], "quicksight", `GET /accounts/${outputs.accountId}/dashboards/dev-sales`],
];

describe.each(commands)("%j", (command, service, action) => {
	const always = (answer: Answer) => aws.endpoint.on(service, action, () => answer);
	const ready = () => {
		aws.others.secret = { username: "dms", password: "pw", host: "127.0.0.1", port: 1 };
		aws.logs.lines.set("dms-tasks-dev dms-task-TASKID", ["line"]);
	};

	it.each([
		["throttled", faults.throttle()],
		["failing with 5xx", faults.serverError()],
		["cut off", faults.reset()],
	])("gets over being %s once", async (_, answer) => {
		ready();
		aws.endpoint.fault(service, action, answer);
		const { code, err } = await aws.run(...command);
		expect(err).not.toContain("error:");
		expect(code).toBe(0);
	});

	it("throttled for good: 4", async () => {
		always(faults.throttle());
		const { code, err } = await aws.run(...command);
		expect(code).toBe(4);
		expect(err).toMatch(/AWS throttled [\w-]+:\w+, 2 times in a row/);
	});

	it("5xx for good: 4", async () => {
		always(faults.serverError());
		expect((await aws.run(...command)).code).toBe(4);
	});

	it("no connection: 1", async () => {
		always(faults.reset());
		const { code, err } = await aws.run(...command);
		expect(code).toBe(1);
		expect(err).toContain("could not be reached");
	});

	it("expired credentials: 3, with the command to run", async () => {
		always(faults.expired());
		const { code, err } = await aws.run(...command, "--profile", "work");
		expect(code).toBe(3);
		expect(err).toContain("The AWS credentials have expired.");
		expect(err).toContain("next: aws login --profile work");
	});

	it("access denied: 4, naming action and resource", async () => {
		always(faults.denied("dms:DescribeReplicationTasks", "arn:aws:dms:eu-west-1:123456789012:task:TASKID"));
		const { code, err } = await aws.run(...command);
		expect(code).toBe(4);
		expect(err).toContain(
			"Access denied: dms:DescribeReplicationTasks on arn:aws:dms:eu-west-1:123456789012:task:TASKID.",
		);
		expect(err).toContain("arn:aws:iam::123456789012:user/ana");
	});

	it("an answer that is none: 1", async () => {
		always(faults.malformed());
		const { code, err } = await aws.run(...command);
		expect(code).toBe(1);
		expect(err).toContain("The response to ");
	});

	it("an answer that never comes: 9 after the timeout", async () => {
		always(faults.never());
		const { code } = await aws.run(...command, "--timeout", "1s");
		expect(code).toBe(9);
	});
});

describe("credentials", () => {
	it("none: 3, with the command to run", async () => {
		delete process.env.AWS_ACCESS_KEY_ID;
		delete process.env.AWS_SECRET_ACCESS_KEY;
		const { code, err } = await aws.run("replication", "status");
		expect(code).toBe(3);
		expect(err).toContain("There are no AWS credentials.");
		expect(err).toContain("next: aws login");
		expect(aws.endpoint.calls).toEqual([]);
	});

	it("of --profile sign the call, also where the environment has others", async () => {
		expect((await aws.run("replication", "stop", "--dry-run", "--profile", "work")).code).toBe(0);
		expect(aws.endpoint.calls.map(({ accessKey }) => accessKey)).toEqual(["AKIDWORK"]);
	});

	it.each(["UnrecognizedClientException", "InvalidSignatureException"])("%s: 3", async (name) => {
		aws.endpoint.on("dms", "DescribeReplicationTasks", () => ({
			status: 400,
			body: JSON.stringify({ __type: name, message: "no" }),
		}));
		const { code, err } = await aws.run("replication", "status");
		expect(code).toBe(3);
		expect(err).toContain("AWS does not accept these credentials.");
	});

	it("of a sign-in session that is over: 3, with the command to sign in", () => {
		const over = Object.assign(new Error("The SSO session associated with this profile has expired."), {
			name: "CredentialsProviderError",
		});
		expect(awsError(over, { service: "dms", action: "Describe", region: "eu-west-1", profile: "work" })).toMatchObject({
			outcome: "credentials",
			text: { next: "aws sso login --profile work" },
		});
	});

	it("are never shown", async () => {
		process.env.AWS_SECRET_ACCESS_KEY = "wJalrXUtnFEMI";
		aws.endpoint.on("dms", "DescribeReplicationTasks", () => faults.expired());
		const { out, err } = await aws.run("replication", "status", "--json");
		expect(out + err).not.toContain("wJalrXUtnFEMI");
	});
});

describe("status", () => {
	/** The parts, each with the call by which it is looked at, and what a table shows of it. */
	const parts: [part: string, service: string, action: string, row: RegExp][] = [
		["source", "secretsmanager", "GetSecretValue", /^source +unreachable/m],
		["replication", "dms", "DescribeReplicationTasks", /^replication +running/m],
		["clickstream", "kinesis", "DescribeStreamSummary", /^clickstream +active +dev-clicks, 1 shard$/m],
		["raw zone", "s3", "ListObjectsV2", /^raw zone +empty/m],
		["jobs", "glue", "GetJobRuns", /^jobs +never run/m],
		["catalog", "glue", "GetTables", /^catalog +analytics_pipeline_dev, 0 tables/m],
		["warehouse", "redshift-serverless", "GetWorkgroup", /^warehouse +available +dev-warehouse, Redshift serverless$/m],
		[
			"dashboards",
			"quicksight",
			`GET /accounts/${outputs.accountId}/dashboards/dev-sales`,
			/^dashboard sales +ready +https:/m,
		],
	];
	it.beforeEach(() => {
		aws.others.secret = { username: "dms", password: "pw", host: "127.0.0.1", port: 1 };
	});

	it("shows every part", async () => {
		const { code, out } = await aws.run("status");
		expect(code).toBe(0);
		for (const [, , , row] of parts) expect(out).toMatch(row);
		expect(out).not.toContain("unknown");
	});

	it("asks for the warehouse without waking it: a cluster by its own service, none where there is none", async () => {
		if (outputs.warehouse === null) throw new Error("the outputs have a warehouse");
		await aws.deploy({ warehouse: { ...outputs.warehouse, kind: "provisioned" } });
		aws.others.warehouse = "paused";
		expect((await aws.run("status")).out).toMatch(/^warehouse +paused +dev-warehouse, Redshift provisioned$/m);
		expect(aws.endpoint.inputs("redshift", "DescribeClusters")).toMatchObject([{ ClusterIdentifier: "dev-warehouse" }]);
		await aws.deploy({ warehouse: null });
		expect((await aws.run("status")).out).not.toContain("warehouse");
		expect(aws.endpoint.calls.filter(({ service }) => service === "redshift-data")).toEqual([]);
	});

	it("--watch and --json exclude each other: 2", async () => {
		expect((await aws.run("status", "--watch", "--json")).code).toBe(2);
		expect(aws.endpoint.calls).toEqual([]);
	});

	it.each(parts)("shows all but %s where that is refused, and why: 4", async (part, service, action) => {
		const words = "User: ana is not authorized to perform: service:Action on resource: arn:aws:x";
		aws.endpoint.on(service, action, () =>
			service === "s3"
				? xml(`<Error><Code>AccessDenied</Code><Message>${words}</Message></Error>`, 403)
				: faults.denied("service:Action", "arn:aws:x"),
		);
		const { code, out } = await aws.run("status");
		expect(code).toBe(4);
		for (const [other, , call, row] of parts) if (call !== action) expect(out, other).toMatch(row);
		expect(out).toMatch(new RegExp(`^${part} +unknown +Access denied: service:Action on arn:aws:x\\.`, "m"));
		expect(out).toContain("pipeline-cli doctor");
	});

	it("tells a refused part in the document, too", async () => {
		aws.endpoint.on("kinesis", "DescribeStreamSummary", () => faults.denied("kinesis:Describe", "arn:aws:x"));
		const { code, document } = await aws.json("status");
		expect(code).toBe(4);
		expect(document).toMatchObject({
			stack: "dev",
			replication: { state: "running" },
			unseen: [
				{
					part: "clickstream",
					outcome: "serviceRefused",
					reason: expect.stringMatching(/^Access denied: /),
					next: "pipeline-cli doctor",
				},
			],
		});
		expect(document).not.toHaveProperty("clickstream");
	});

	it("one that AWS fails at counts as refused, one that cannot be understood as a failure", async () => {
		aws.endpoint.on("glue", "GetTables", () => faults.malformed());
		expect((await aws.run("status")).code).toBe(1);
		aws.endpoint.on("kinesis", "DescribeStreamSummary", () => faults.serverError());
		expect((await aws.run("status")).code).toBe(4);
	});

	it("expired credentials refuse all parts: 3, with the command to run and no table", async () => {
		for (const [, service, action] of parts) aws.endpoint.on(service, action, () => faults.expired());
		const { code, out, err } = await aws.run("status", "--profile", "work");
		expect(code).toBe(3);
		expect(out).toBe("");
		expect(err).toContain("next: aws login --profile work");
	});

	it("a part that never answers: 9 after the timeout", async () => {
		aws.endpoint.on("kinesis", "DescribeStreamSummary", () => faults.never());
		const { code } = await aws.run("status", "--timeout", "1s");
		expect(code).toBe(9);
	});

	it("a source that accepts and says nothing: 9 after the timeout", async () => {
		const mute = createServer(() => undefined);
		await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
		try {
			const { port } = mute.address() as AddressInfo;
			aws.others.secret = { username: "dms", password: "pw", host: "127.0.0.1", port };
			const { code } = await aws.run("status", "--timeout", "1s");
			expect(code).toBe(9);
		} finally {
			mute.close();
		}
	});

	it("a proxy's page instead of a refusal is nothing that AWS said: 1", async () => {
		aws.endpoint.on("s3", "ListObjectsV2", () => ({ ...faults.malformed(), status: 403, body: "<html><br>a page" }));
		const { code, out } = await aws.run("status");
		expect(code).toBe(1);
		expect(out).toContain("The response to ");
	});

	it("a refusal in S3's words is one of the right that IAM knows: 4", async () => {
		aws.endpoint.on("s3", "ListObjectsV2", () =>
			xml("<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>", 403),
		);
		const { code, out } = await aws.run("status");
		expect(code).toBe(4);
		expect(out).toContain("Access denied: s3:ListBucket.");
	});

	it("a missing bucket is named: 4", async () => {
		aws.endpoint.on("s3", "ListObjectsV2", () =>
			xml("<Error><Code>NoSuchBucket</Code><Message>no such bucket</Message></Error>", 404),
		);
		const { code, out } = await aws.run("status");
		expect(code).toBe(4);
		expect(out).toContain("did not find a resource from the stack's outputs");
	});
});

it("an answer that begins and does not end: 9 after the timeout", async () => {
	aws.endpoint.on("dms", "DescribeReplicationTasks", () => ({ ...json({ ReplicationTasks: [] }), unfinished: true }));
	const { code } = await aws.run("replication", "status", "--timeout", "1s");
	expect(code).toBe(9);
});

it("an answer with a field that is missing is not a crash", async () => {
	aws.endpoint.on("dms", "DescribeReplicationTasks", () => json({}));
	const { code, err } = await aws.run("replication", "status");
	expect(code).toBe(4);
	expect(err).toContain("has no replication task");
});
