import { createHash } from "node:crypto";
import { describe, expect } from "vitest";
import { AwsStack } from "../../cli/engines/aws/stack.ts";
import { statementStates } from "../../cli/engines/aws/warehouse/statement.ts";
import { warehouseViews } from "../../cli/engines/shared/warehouseViews.ts";
import { it } from "../support/aws/awsFixtures.ts";
import { outputs } from "../support/aws/outputs.ts";
import type { ScriptedStack } from "../support/aws/scriptedStack.ts";
import { shop } from "../support/sampleShop.ts";

let aws: ScriptedStack;
it.beforeEach(async ({ aws: own }) => {
	aws = own;
});

interface Result {
	columns: { name: string; type: string }[];
	rows: unknown[][];
	scannedBytes?: number;
	usd?: number;
	reused?: boolean;
}

describe("warehouse apply", () => {
	it.beforeEach(() => {
		aws.redshift.before = [];
	});
	const applied = () => aws.redshift.statements.flat();

	it("makes external schema, views, role, user and grants; each DDL by itself, a view in one transaction", async () => {
		const { code, document } = await aws.json<{ objects: { kind: string; name: string }[] }>("warehouse", "apply");
		expect(code).toBe(0);
		const views = warehouseViews(shop);
		expect(views.length).toBeGreaterThan(0);
		expect(document.objects.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
			"schema lake",
			"schema analytics",
			...views.map(({ name }) => `view analytics.${name}`),
			"role lake_reader",
			"grant usage on lake",
			"grant usage on analytics",
			"grant select on analytics",
			"user warehouse_reader",
			"grant lake_reader to warehouse_reader",
		]);
		expect(applied()).toContain(
			"CREATE EXTERNAL SCHEMA IF NOT EXISTS lake FROM DATA CATALOG DATABASE 'analytics_pipeline_dev' REGION 'eu-west-1' IAM_ROLE 'arn:aws:iam::123456789012:role/dev-warehouse'",
		);
		const batches = aws.redshift.statements.filter((sqls) => sqls.length > 1);
		expect(batches).toHaveLength(views.length);
		for (const [drop, create] of batches) {
			expect(drop).toMatch(/^DROP VIEW IF EXISTS analytics\./);
			expect(create).toMatch(/^CREATE VIEW analytics\.\w+ AS\n[\s\S]*\nWITH NO SCHEMA BINDING$/);
		}
		expect(aws.endpoint.inputs("redshift-data", "ExecuteStatement")[0]).toMatchObject({
			WorkgroupName: "dev-warehouse",
			Database: "analytics",
			SecretArn: outputs.warehouse?.secretArn,
		});
	});

	it("says what the deployment has left to do after it", async () => {
		await aws.deploy({
			leftToDo: [
				{ text: "Make the user", doneBy: "warehouse apply" },
				{ text: "Open its secret, and warehouse apply" },
			],
		});
		const { err } = await aws.run("warehouse", "apply");
		expect(err).toContain("Open its secret, and warehouse apply");
		expect(err).not.toContain("Make the user");
	});

	const made = /^CREATE USER warehouse_reader PASSWORD 'sha256\|([0-9a-f]{64})\|([0-9a-f]{64})'$/;

	const altered = /^ALTER USER warehouse_reader PASSWORD 'sha256\|[0-9a-f]{64}\|[0-9a-f]{64}'$/;

	/** What a password is with a salt. */
	const salted = (salt = ""): string =>
		createHash("sha256").update("Reader0Password").update(Buffer.from(salt, "hex")).digest("hex");

	it("makes the user of the reader's secret, who has the role and finds the views; all of it as the administrator", async () => {
		expect((await aws.run("warehouse", "apply")).code).toBe(0);
		const [, digest, salt] = made.exec(applied().find((sql) => sql.startsWith("CREATE USER")) ?? "") ?? [];
		expect(digest).toBe(salted(salt));
		expect(applied().filter((sql) => /^(CREATE|ALTER) USER|^GRANT ROLE/.test(sql))).toEqual([
			expect.stringMatching(made),
			"ALTER USER warehouse_reader SET search_path TO analytics",
			"GRANT ROLE lake_reader TO warehouse_reader",
		]);
		expect(aws.endpoint.inputs("secretsmanager", "GetSecretValue")).toEqual([
			{ SecretId: outputs.warehouse?.readerSecretArn },
		]);
		const sent = ["ExecuteStatement", "BatchExecuteStatement"].flatMap((action) =>
			aws.endpoint.inputs("redshift-data", action),
		);
		expect(new Set(sent.map(({ SecretArn: arn }) => arn))).toEqual(new Set([outputs.warehouse?.secretArn]));
	});

	it("sends and shows no password, and shows not what it is kept as", async () => {
		const ran = await aws.run("warehouse", "apply");
		aws.redshift.end = (sql) =>
			sql.startsWith("CREATE USER") ? { Status: "FAILED", Error: "ERROR: no space" } : { Status: "FINISHED" };
		const failed = await aws.run("warehouse", "apply");
		expect(failed.code).toBe(1);
		expect(failed.err).toContain("CREATE USER warehouse_reader PASSWORD '***'");
		const planned = await aws.run("warehouse", "apply", "--dry-run", "--json");
		expect(planned.out).toContain("CREATE USER warehouse_reader");
		const shown = [ran, failed, planned].map(({ out, err }) => out + err).join("");
		const sent = JSON.stringify(aws.endpoint.calls.map(({ input }) => input));
		expect(shown + sent).not.toContain("Reader0Password");
		const hashes = JSON.stringify(applied()).match(/[0-9a-f]{64}/g) ?? [];
		expect(hashes.length).toBeGreaterThan(1);
		for (const hash of hashes) expect(shown).not.toContain(hash);
	});

	it("a secret of another form is refused before anything is made, and not shown", async () => {
		for (const secret of [{ username: "a; DROP", password: "hidden" }, { username: "a" }, { password: "hidden" }]) {
			aws.others.readerSecret = secret;
			const { code, out, err } = await aws.run("warehouse", "apply");
			expect(code).toBe(2);
			expect(err).toContain("secret of the warehouse's reader");
			expect(out + err).not.toContain("hidden");
		}
		expect(applied()).toEqual([]);
	});

	it("again changes nothing that is right: no schema is dropped, no role, user or grant made twice", async () => {
		aws.redshift.rows = (sql) =>
			sql.includes("svv_external_schemas")
				? [["analytics_pipeline_dev"]]
				: sql.includes("svv_roles")
					? [["lake_reader"]]
					: sql.includes("pg_user")
						? [["warehouse_reader"]]
						: sql.includes("svv_user_grants")
							? [["lake_reader"]]
							: [];
		expect((await aws.run("warehouse", "apply")).code).toBe(0);
		expect(applied().filter((sql) => /^(DROP SCHEMA|CREATE ROLE|CREATE USER|GRANT ROLE)/.test(sql))).toEqual([]);
		// The secret may have another password by now.
		expect(applied()).toContainEqual(expect.stringMatching(altered));
	});

	it("an external schema of another database is made again", async () => {
		aws.redshift.rows = (sql) => (sql.includes("svv_external_schemas") ? [["other_database"]] : []);
		expect((await aws.run("warehouse", "apply")).code).toBe(0);
		expect(applied()).toContain("DROP SCHEMA IF EXISTS lake");
	});

	it("somebody else who makes role and user first is not a failure", async () => {
		aws.redshift.end = (sql) =>
			/^CREATE (ROLE|USER)/.test(sql)
				? { Status: "FAILED", Error: "ERROR: it already exists" }
				: { Status: "FINISHED" };
		expect((await aws.run("warehouse", "apply")).code).toBe(0);
		expect(applied()).toContainEqual(expect.stringMatching(altered));
	});

	it("two at the same time: who is crossed by the other repeats it, and both end well", async ({ context }) => {
		const [first = { name: "" }] = warehouseViews(shop);
		const refusals = [
			[/^DROP VIEW/, `ERROR: Relation "${first.name}" already exists`],
			[/^DROP VIEW/, "ERROR: 1023 DETAIL: Serializable isolation violation on table - 1"],
			[/^GRANT USAGE/, "ERROR: tuple concurrently updated"],
		] as const;
		const left = [...refusals];
		aws.redshift.end = (sql) => {
			const at = left.findIndex(([which]) => which.test(sql));
			const refusal = at < 0 ? undefined : left.splice(at, 1)[0];
			return refusal === undefined ? { Status: "FINISHED" } : { Status: "FAILED", Error: refusal[1] };
		};
		const port = () => new AwsStack(outputs, { signal: new AbortController().signal }).warehouse();
		const [one, other] = await Promise.all([(await port()).apply(context), (await port()).apply(context)]);
		expect(one).toEqual(other);
		expect(left).toEqual([]);
		const views = warehouseViews(shop).length;
		expect(aws.redshift.statements.filter((sqls) => sqls.length > 1)).toHaveLength(2 * views + 2);
	});

	it("a statement that fails for another reason is run once", async () => {
		aws.redshift.end = () => ({ Status: "FAILED", Error: "ERROR: permission denied for database analytics" });
		expect((await aws.run("warehouse", "apply")).code).toBe(2);
		expect(applied()).toHaveLength(1);
	});

	it("a provisioned cluster is named as one", async () => {
		if (outputs.warehouse === null) throw new Error("the outputs have a warehouse");
		await aws.deploy({ warehouse: { ...outputs.warehouse, kind: "provisioned" } });
		await aws.run("warehouse", "apply");
		expect(aws.endpoint.inputs("redshift-data", "ExecuteStatement")[0]).toMatchObject({
			ClusterIdentifier: "dev-warehouse",
		});
	});

	it("a stack without a warehouse says how to get one", async () => {
		await aws.deploy({ warehouse: null });
		const { code, err } = await aws.run("warehouse", "apply");
		expect(code).toBe(2);
		expect(err).toContain("deployed without a warehouse");
	});
});

describe("warehouse query", () => {
	it("asks as the user who only reads", async () => {
		await aws.run("warehouse", "query", "SELECT 1");
		expect(aws.endpoint.inputs("redshift-data", "ExecuteStatement")).toMatchObject([
			{ SecretArn: outputs.warehouse?.readerSecretArn },
		]);
	});

	it("reads all pages", async () => {
		aws.redshift.pageSize = 10;
		aws.redshift.rows = () => Array.from({ length: 25 }, (_, n) => [n, `row ${n}`, null]);
		const { document } = await aws.json<Result>("warehouse", "query", "SELECT * FROM analytics.sales");
		expect(document.rows).toHaveLength(25);
		expect(document.rows[24]).toEqual([24, "row 24", null]);
	});

	const states: Record<keyof typeof statementStates, [code: number, words: string]> = {
		SUBMITTED: [0, ""],
		PICKED: [0, ""],
		STARTED: [0, ""],
		FINISHED: [0, ""],
		FAILED: [1, "out of disk"],
		ABORTED: [1, "was aborted"],
		ALL: [1, "unknown state of the statement: ALL"],
	};
	it.each(Object.entries(states))("%s", async (state, [code, words]) => {
		const going = statementStates[state as keyof typeof statementStates] === "going";
		if (going) aws.redshift.before = [{ Status: state }];
		else aws.redshift.end = () => ({ Status: state, ...(code === 0 ? {} : { Error: "out of disk" }) });
		const ran = await aws.run("warehouse", "query", "SELECT 1");
		expect(ran.code).toBe(code);
		expect(ran.err).toContain(words);
	});

	it("a state that nobody documented is an error that names it", async () => {
		aws.redshift.before = [{ Status: "SNOOZING" }];
		const { code, err } = await aws.run("warehouse", "query", "SELECT 1");
		expect(code).toBe(1);
		expect(err).toContain("SNOOZING");
	});

	it("bad SQL is shown with its place", async () => {
		aws.redshift.end = () => ({ Status: "FAILED", Error: 'ERROR: syntax error at or near "FORM"\n  Position: 10' });
		const { code, err } = await aws.run("warehouse", "query", "SELECT 1\nFORM t");
		expect(code).toBe(2);
		expect(err).toContain("LINE 2: FORM t");
	});

	it("one that never ends is cancelled at the timeout", async () => {
		aws.redshift.before = Array.from({ length: 100 }, () => ({ Status: "STARTED" }));
		const { code } = await aws.run("warehouse", "query", "SELECT 1", "--timeout", "1s");
		expect(code).toBe(9);
		expect(aws.endpoint.inputs("redshift-data", "CancelStatement")).toEqual([{ Id: "1" }]);
	});
});
