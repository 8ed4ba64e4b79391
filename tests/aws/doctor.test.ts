import { describe, expect } from "vitest";
import { it } from "../support/aws/awsFixtures.ts";
import { json, refuse } from "../support/aws/endpoint.ts";
import { outputs } from "../support/aws/outputs.ts";
import type { ScriptedStack } from "../support/aws/scriptedStack.ts";

interface Check {
	name: string;
	ok: boolean;
	checked?: boolean;
	found: string;
	fix?: string;
	warning?: string;
}
interface Doctor {
	ok: boolean;
	checks: Check[];
}

let aws: ScriptedStack;
it.beforeEach(({ aws: own }) => {
	aws = own;
	aws.others.secret = { username: "dms", password: "pw", host: "127.0.0.1", port: 1 };
});

const doctor = () => aws.json<Doctor>("doctor");
const failing = (document: Doctor) => document.checks.filter(({ ok }) => !ok).map(({ name }) => name);
const unchecked = (document: Doctor) => document.checks.filter((it) => it.checked === false).map(({ name }) => name);
const found = async (name: string) => (await doctor()).document.checks.find((check) => check.name === name);
const refusal = (code: string) => () => ({ status: 400, body: JSON.stringify({ __type: code, message: "no" }) });
const iamRefusal = (code: string) => () => ({
	status: 403,
	body: `<ErrorResponse><Error><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`,
	headers: { "content-type": "text/xml" },
});

describe("doctor", () => {
	it("without a way to the source holds, except that it could not look there, and says how to get one", async () => {
		const { code, document } = await doctor();
		expect(failing(document)).toEqual([]);
		expect(unchecked(document)).toEqual(["jobs' access", "source"]);
		expect(code).toBe(0);
		expect((await aws.run("doctor")).out).toMatch(/source +not checked/);
		expect(document.checks.find(({ name }) => name === "source")?.fix).toContain("PIPELINE_SOURCE_ADDRESS");
		expect(document.checks.map(({ name }) => name)).toEqual(
			expect.arrayContaining([
				"credentials",
				"account",
				"permissions",
				"jobs",
				"DMS instance",
				"DMS engine",
				"Glue quota",
			]),
		);
	});

	it("credentials that do not work: 3, and no other check", async () => {
		aws.endpoint.on("sts", "GetCallerIdentity", () => ({
			status: 403,
			body: "<ErrorResponse><Error><Code>ExpiredToken</Code><Message>The security token has expired</Message></Error></ErrorResponse>",
			headers: { "content-type": "text/xml" },
		}));
		const { code, document } = await doctor();
		expect(code).toBe(3);
		expect(document.checks.map(({ name }) => name)).toEqual(["credentials"]);
	});

	it("another account is found", async () => {
		aws.identity.arn = "arn:aws:iam::999999999999:user/ana";
		expect(failing((await doctor()).document)).toContain("account");
	});

	it("a way to the source that leads nowhere is a fault", async () => {
		process.env.PIPELINE_SOURCE_ADDRESS = "127.0.0.1:1";
		try {
			const { code, document } = await doctor();
			expect(failing(document)).toEqual(["source"]);
			expect(code).toBe(1);
		} finally {
			delete process.env.PIPELINE_SOURCE_ADDRESS;
		}
	});

	it.each([
		["analyst", "/", "arn:aws:iam::123456789012:role/analyst"],
		[
			"AWSReservedSSO_AdministratorAccess_0a1b2c3d4e5f6071",
			"/aws-reserved/sso.amazonaws.com/eu-west-1/",
			"arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_AdministratorAccess_0a1b2c3d4e5f6071",
		],
		["deployer", "/teams/data/", "arn:aws:iam::123456789012:role/teams/data/deployer"],
	])(
		"of a session of the role %s below %s its whole name is asked, and a missing permission named",
		async (role, path, arn) => {
			aws.identity.arn = `arn:aws:sts::123456789012:assumed-role/${role}/ana@company.test`;
			aws.identity.rolePaths = { [role]: path };
			aws.identity.denied = ["glue:StartJobRun"];
			expect(await found("permissions")).toMatchObject({
				ok: false,
				found: expect.stringMatching(
					/^not allowed: glue:StartJobRun on arn:aws:glue:eu-west-1:123456789012:job\/dev-process-load \(implicitDeny\), /,
				),
				fix: `Allow these actions for ${arn}.`,
			});
			expect(aws.endpoint.inputs("iam", "SimulatePrincipalPolicy")[0]?.PolicySourceArn).toBe(arn);
		},
	);

	it.each([
		["the root user", "arn:aws:iam::123456789012:root"],
		["a federated user", "arn:aws:sts::123456789012:federated-user/ana"],
	])("of %s permissions are not checked, since IAM does not simulate them", async (who, arn) => {
		aws.identity.arn = arn;
		const check = await found("permissions");
		expect(check).toMatchObject({ ok: true, checked: false, found: expect.stringContaining(who.replace("the ", "")) });
		expect(aws.endpoint.inputs("iam", "SimulatePrincipalPolicy")).toEqual([]);
	});

	it.each([
		["GetRole", "AccessDenied"],
		["GetRole", "NoSuchEntity"],
		["SimulatePrincipalPolicy", "AccessDenied"],
		["SimulatePrincipalPolicy", "InvalidInput"],
	])("where IAM refuses %s with %s, permissions are not checked, and nothing failed", async (action, code) => {
		aws.identity.arn = "arn:aws:sts::123456789012:assumed-role/analyst/ana";
		aws.endpoint.on("iam", action, iamRefusal(code));
		const { code: exit, document } = await doctor();
		expect(unchecked(document)).toContain("permissions");
		expect([exit, failing(document)]).toEqual([0, []]);
	});

	it("asks for the right to run statements on the very workgroup", async () => {
		aws.identity.denied = ["redshift-data:ExecuteStatement"];
		const { document } = await doctor();
		expect(document.checks.find(({ name }) => name === "permissions")?.found).toBe(
			`not allowed: redshift-data:ExecuteStatement on ${outputs.warehouse?.arn} (implicitDeny)`,
		);
	});

	it("jobs that differ from the definition are named", async () => {
		await aws.deploy({ jobs: { ...outputs.jobs, "old-job": "dev-old-job" } });
		const { document } = await doctor();
		expect(document.checks.find(({ name }) => name === "jobs")?.found).toBe(
			"old-job is deployed but not in the definition",
		);
	});

	it("a DMS version near its end is found", async () => {
		aws.endpoint.on("dms", "DescribeEngineVersions", () => ({
			status: 200,
			body: JSON.stringify({
				EngineVersions: [{ Version: "3.6.1", Lifecycle: "ACTIVE", ForceUpgradeDate: Date.now() / 1000 + 86_400 }],
			}),
		}));
		expect(failing((await doctor()).document)).toContain("DMS engine");
	});

	it("a quota that is too small is found", async () => {
		aws.others.glueRuns = 2;
		expect(failing((await doctor()).document)).toContain("Glue quota");
	});

	it("a quota that was never changed has AWS's default", async () => {
		aws.endpoint.on("servicequotas", "GetServiceQuota", refusal("NoSuchResourceException"));
		const standard = (Value: number) =>
			aws.endpoint.on("servicequotas", "GetAWSDefaultServiceQuota", () => ({
				status: 200,
				body: JSON.stringify({ Quota: { Value } }),
			}));
		standard(50);
		expect(await found("Glue quota")).toMatchObject({ ok: true, found: "50 concurrent job runs in the account" });
		standard(1);
		expect((await found("Glue quota"))?.ok).toBe(false);
	});

	it("a quota that nobody may read is not checked, and what the commands need failed", async () => {
		aws.endpoint.on("servicequotas", "GetServiceQuota", refusal("AccessDeniedException"));
		aws.endpoint.on("dms", "DescribeReplicationInstances", refusal("AccessDeniedFault"));
		const { code, document } = await doctor();
		expect(unchecked(document)).toContain("Glue quota");
		expect(failing(document)).toEqual(["DMS instance"]);
		expect(code).toBe(1);
	});

	it("a DMS version near or past its end is fixed by the newest that is on offer, or left to AWS; unknown is not bad", async () => {
		const near = (more: object) =>
			aws.endpoint.on("dms", "DescribeEngineVersions", () => ({
				status: 200,
				body: JSON.stringify({
					EngineVersions: [{ Version: "3.6.1", ForceUpgradeDate: Date.now() / 1000 + 86_400, ...more }],
				}),
			}));
		aws.endpoint.fault("dms", "DescribeEngineVersions", refuse("AccessDeniedException", "no"));
		const { document } = await doctor();
		expect([failing(document), unchecked(document)]).toEqual([[], ["DMS engine", "jobs' access", "source"]]);
		expect(document.checks.find(({ name }) => name === "DMS instance")?.found).toBe("available");
		aws.endpoint.fault("dms", "DescribeEngineVersions", json({ EngineVersions: [{ Version: "3.7.1" }] }));
		expect(await found("DMS engine")).toMatchObject({
			ok: false,
			found: "3.6.1, which AWS no longer lists",
			fix: expect.stringContaining("pulumi config rm replicationEngineVersion"),
		});
		near({ AvailableUpgrades: ["3.6.2", "3.10.0", "3.7.1"] });
		expect((await found("DMS engine"))?.fix).toContain("pulumi config set replicationEngineVersion 3.10.0 --stack dev");
		near({});
		expect((await found("DMS engine"))?.fix).toContain("pulumi config rm replicationEngineVersion --stack dev");
	});

	it("a warehouse that takes connections without TLS is found", async () => {
		aws.others.warehouseTls = "false";
		expect(await found("TLS for the warehouse")).toMatchObject({
			ok: false,
			fix: expect.stringContaining("update-workgroup --workgroup-name dev-warehouse"),
		});
	});

	it("what is left to do after the deployment is repeated, and fails nothing", async () => {
		await aws.deploy({ dashboards: null, leftToDo: [{ text: "First this" }, { text: "then that" }] });
		const { code, document } = await doctor();
		expect(document.checks.filter(({ name }) => name.startsWith("left to do")).map(({ warning }) => warning)).toEqual([
			"First this",
			"then that",
		]);
		expect(code).toBe(0);
		expect((await aws.run("doctor")).out).toMatch(/First this[\s\S]*then that/);
	});

	it("of the jobs' access to the lake, believes the newest run that shows it", async () => {
		const name = "jobs' access";
		const job = Object.entries(outputs.jobs).map(([own, glueName]) => ({ own, glueName }))[0];
		if (job === undefined) throw new Error("the stack has no jobs");
		const run = (minute: number, JobRunState: string, ErrorMessage?: string) => ({
			Id: `jr_${minute}`,
			JobName: job.glueName,
			JobRunState,
			StartedOn: 1_795_000_000 + 60 * minute,
			Arguments: {},
			...(ErrorMessage === undefined ? {} : { ErrorMessage }),
		});
		const worked = run(1, "SUCCEEDED");
		const other = run(2, "FAILED", "KeyError: 'id'");
		const denied = run(3, "FAILED", "OSError: When listing objects: AWS Error ACCESS_DENIED during ListObjectsV2");
		const nobody = run(4, "FAILED", "botocore.exceptions.NoCredentialsError: Unable to locate credentials");
		aws.glue.runs.set(job.glueName, [other]);
		expect(await found(name)).toMatchObject({ ok: true, checked: false, found: "not verified: no job has run yet" });
		aws.glue.runs.set(job.glueName, [other, worked]);
		expect(await found(name)).toMatchObject({ ok: true, found: expect.stringContaining("read and wrote the lake") });
		for (const refused of [denied, nobody]) {
			aws.glue.runs.set(job.glueName, [refused, other, worked]);
			expect(await found(name)).toMatchObject({
				ok: false,
				found: expect.stringContaining(`was refused: ${refused.ErrorMessage}`),
				fix: expect.stringContaining(`pipeline-cli logs ${job.own}`),
			});
		}
		aws.glue.runs.set(job.glueName, [run(5, "RUNNING"), run(6, "SUCCEEDED"), denied]);
		expect(await found(name)).toMatchObject({ ok: true, found: expect.stringContaining("read and wrote the lake") });
	});

	it("while the dashboards wait, says whether QuickSight could log in by now", async () => {
		const name = "QuickSight's access to the reader's secret";
		await aws.deploy({ dashboards: null, leftToDo: [{ text: "First this" }] });
		expect(await found(name)).toMatchObject({ ok: true, found: "allowed" });
		aws.identity.denied = ["kms:Decrypt"];
		expect(await found(name)).toMatchObject({
			ok: true,
			found: "no access yet",
			warning: `Allow kms:Decrypt on ${outputs.keyArn} for aws-quicksight-secretsmanager-role-v0.`,
		});
		aws.endpoint.on("iam", "GetRole", iamRefusal("NoSuchEntity"));
		expect((await found(name))?.found).toContain("does not exist");
	});

	it.each<[string, { Edition: string; AccountSubscriptionStatus: string }, boolean]>([
		["Enterprise holds", { Edition: "ENTERPRISE_AND_Q", AccountSubscriptionStatus: "ACCOUNT_CREATED" }, true],
		["Standard does not", { Edition: "STANDARD", AccountSubscriptionStatus: "ACCOUNT_CREATED" }, false],
		["one that has ended does not", { Edition: "ENTERPRISE", AccountSubscriptionStatus: "UNSUBSCRIBED" }, false],
	])("of QuickSight's subscription, %s", async (_, subscription, ok) => {
		aws.others.quickSight = subscription;
		expect((await found("QuickSight"))?.ok).toBe(ok);
	});

	it("an account without QuickSight fails, and one that nobody may ask about is not checked", async () => {
		const answer = (status: number, code: string) =>
			aws.endpoint.on("quicksight", `GET /account/${outputs.accountId}`, () => ({
				status,
				body: JSON.stringify({ Message: "no" }),
				headers: { "x-amzn-errortype": code },
			}));
		answer(404, "ResourceNotFoundException");
		expect(await found("QuickSight")).toMatchObject({ ok: false, found: "not subscribed" });
		answer(401, "AccessDeniedException");
		expect(await found("QuickSight")).toMatchObject({ ok: true, checked: false });
	});
});
