import { describe, expect, it } from "vitest";
import type { DefinedChart } from "../../etl/contract/pipeline/pipeline.ts";
import { tableFolders } from "../../etl/definition/tables.ts";
import { shop } from "../../tests/support/sampleShop.ts";
import { buckets, shared } from "../testing/componentArgs.ts";
import { testEnvironment } from "../testing/mockedCloud.ts";
import { runProgram } from "../testing/program.ts";
import { Dashboards, type DashboardsArgs } from "./dashboards.ts";

const chart: DefinedChart = {
	title: "Revenue",
	query: "queries/revenue.sql",
	type: "bar",
	x: "country",
	y: ["revenue"],
	formats: {},
	aggregates: {},
	times: {},
	labels: {},
	filters: [],
};
const sql = "SELECT country, revenue FROM sales";

const common: DashboardsArgs = {
	...shared,
	...buckets,
	tableFolders: tableFolders(shop.pipeline),
	hasClicks: true,
	engine: "athena",
	ready: true,
	pipeline: "shop",
	charts: [
		{ chart, sql },
		{ chart: { ...chart, title: "Words", type: "word_cloud", dashboard: "department" }, sql },
		{ chart: { ...chart, title: "Days", query: "days.sql", type: "table", y: [] }, sql: "SELECT day, n FROM days" },
	],
	views: [],
	principals: ["arn:owner"],
	subscribe: false,
	database: "db",
	workgroup: "queries",
};
const made = (changes: Partial<DashboardsArgs> = {}) =>
	runProgram(() => new Dashboards("board", { ...common, ...changes }).toOutputs());
const warehouse = { engine: "warehouse", warehouseHost: "h", warehouseDatabase: "analytics" } as const;
const roleArn = `arn:${testEnvironment.partition}:iam::${testEnvironment.accountId}:role/board-role`;
const permissions = [{ principal: "arn:owner", actions: expect.any(Array) }];

describe("Dashboards", () => {
	it("over Athena query the workgroup by a role of ours, in no network, with no secret", async () => {
		const program = await made();
		const { inputs, dependencies } = program.named("board-source");
		expect(inputs).toEqual({
			dataSourceId: "board-lake",
			name: "board: lake",
			type: "ATHENA",
			parameters: { athena: { workGroup: "queries", roleArn } },
			permissions,
			sslProperties: { disableSsl: false },
		});
		expect(dependencies).toContain("board-role-policy");
		expect(program.ofType("aws:quicksight/vpcConnection:VpcConnection")).toEqual([]);
		expect(program.ofType("aws:quicksight/accountSubscription:AccountSubscription")).toEqual([]);
	});

	it("over the warehouse reach it in its network, as the user of its secret, and are rebuilt where it moves", async () => {
		const program = await made({ ...warehouse, warehouseSecretArn: "arn:secret" });
		const { inputs, options, dependencies } = program.named("board-source");
		expect(inputs).toEqual({
			dataSourceId: "board-warehouse",
			name: "board: warehouse",
			type: "REDSHIFT",
			parameters: { redshift: { host: "h", port: 5439, database: "analytics" } },
			credentials: { secretArn: "arn:secret" },
			vpcConnectionProperties: { vpcConnectionArn: expect.stringMatching(/:board$/) },
			permissions,
			sslProperties: { disableSsl: false },
		});
		expect(options).toEqual(["deleteBeforeReplace", "replaceOnChanges parameters"]);
		expect(dependencies).toContain("board-network");
		expect(program.named("board-network").inputs).toEqual({
			vpcConnectionId: "board",
			name: "board",
			roleArn,
			subnetIds: shared.subnetIds,
			securityGroupIds: [shared.securityGroupId],
		});
		expect(program.named("board-network").dependencies).toContain("board-role-policy");
		await expect(made(warehouse)).rejects.toThrow("need warehouseHost, warehouseDatabase and warehouseSecretArn");
	});

	it("wait where QuickSight cannot log in yet: only the account is subscribed, which its administrator needs first", async () => {
		const program = await made({
			...warehouse,
			warehouseSecretArn: "arn:secret",
			ready: false,
			subscribe: true,
			accountName: "my-company",
			email: "a@company.test",
		});
		expect(program.resources.map(({ name }) => name).sort()).toEqual(["board", "board-subscription"]);
		expect(program.result).toBeNull();
	});

	it("are an analysis and a dashboard of all charts, and of those that name one of their own, over data that is queried directly", async () => {
		const program = await made();
		const named = program.resources.filter(({ type }) => type.startsWith("aws-native:quicksight:"));
		expect(named.map(({ type, inputs }) => [type.split(":").at(-1), inputs.name]).sort()).toEqual([
			["Analysis", "department analysis"],
			["Analysis", "shop analysis"],
			["Dashboard", "department dashboard"],
			["Dashboard", "shop dashboard"],
		]);
		expect(program.result).toEqual({
			analysisId: "board-shop",
			dashboards: { shop: "board-shop", department: "board-department" },
		});
		const { sheets } = program.named("board-department-dashboard").inputs.definition as {
			sheets: { visuals: unknown[] }[];
		};
		expect(sheets[0]?.visuals).toMatchObject([{ wordCloudVisual: { visualId: "words" } }]);
		// A table that names no columns is not drawn, so nobody asks for its rows.
		const sets = program.ofType("aws:quicksight/dataSet:DataSet").map(({ inputs }) => inputs);
		expect(sets.map(({ name }) => name)).toEqual(["revenue"]);
		expect(sets[0]).toMatchObject({ importMode: "DIRECT_QUERY", permissions });
		expect(sets[0]).not.toHaveProperty("refreshProperties");
	});

	it("are none where the pipeline has no chart; the data source is there for charts to come", async () => {
		const program = await made({ charts: [] });
		expect(program.resources.filter(({ type }) => type.startsWith("aws-native:quicksight:"))).toEqual([]);
		expect(program.result?.dashboards).toEqual({});
		expect(program.named("board-source").inputs.type).toBe("ATHENA");
	});

	it("subscribe the account where they are asked to, first, and leave the subscription on destroy", async () => {
		const program = await made({ subscribe: true, accountName: "my-company", email: "a@company.test" });
		const { inputs, options } = program.named("board-subscription");
		expect(inputs).toEqual({
			accountName: "my-company",
			notificationEmail: "a@company.test",
			edition: "ENTERPRISE",
			authenticationMethod: "IAM_AND_QUICKSIGHT",
		});
		expect(options).toEqual(["retained"]);
		expect(program.named("board-source").dependencies).toContain("board-subscription");
		await expect(made({ subscribe: true })).rejects.toThrow("subscribe needs accountName and email");
	});
});
