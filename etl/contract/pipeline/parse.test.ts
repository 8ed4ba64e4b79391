import { describe, expect, it } from "vitest";
import { full, least, said } from "./fixtures/said.ts";
import { parsePipeline } from "./parse.ts";
import { columnAction, isReplicated, type Pipeline } from "./pipeline.ts";

describe("a good definition", () => {
	it("needs a name and schemas, and has defaults for the rest", () => {
		expect(parsePipeline(least, "pipeline.yaml")).toEqual({
			name: "shop",
			schemas: [{ name: "shop", include: ["*"], exclude: [], newTables: "include", newColumns: "include" }],
			columns: {},
			severity: "error",
			tables: [],
			jobs: [],
			charts: [],
		});
	});

	it("may have sections of which everything is commented out", () => {
		const empty = ["defaults:", "tables:", "jobs:", "clicks:", "charts:", "verify:", "schedule:"].join("\n");
		const inner = "tables:\n  shop.a:\n    columns:\n    rules:\n";
		expect(parsePipeline(`${least}${empty}\n`, "p.yaml")).toEqual(parsePipeline(least, "p.yaml"));
		expect(parsePipeline(`${least}${inner}`, "p.yaml").tables).toEqual([
			{ schema: "shop", table: "a", columns: {}, rules: [] },
		]);
	});

	it("is read with every key that there is", () => {
		expect(parsePipeline(full, "pipeline.yaml")).toEqual({
			name: "shop-2",
			description: "Orders and clicks",
			schemas: [
				{ name: "shop", include: ["*"], exclude: ["tmp_*", "old"], newTables: "ignore", newColumns: "fail" },
				{ name: "archive", include: ["orders", "2019_*"], exclude: [], newTables: "include", newColumns: "include" },
				{ name: "empty", include: ["*"], exclude: [], newTables: "include", newColumns: "fail" },
			],
			columns: { password_hash: "drop", phone: "hash" },
			severity: "warn",
			tables: [
				{
					schema: "shop",
					table: "customers",
					description: "Who bought something",
					columns: { ssn: "drop", email: "hash", phone: "keep" },
					rules: [
						{ kind: "not_null", columns: ["email"], severity: "warn" },
						{ kind: "not_null", columns: ["name", "email"], severity: "error", description: "Both are printed" },
						{ kind: "unique", columns: ["email"], severity: "error", warnIf: "> 0", errorIf: ">100" },
						{ kind: "accepted_values", column: "status", values: ["open", 1, true], severity: "warn" },
						{
							kind: "relationships",
							column: "country",
							to: { schema: "shop", table: "countries" },
							field: "code",
							severity: "warn",
						},
						{
							kind: "relationships",
							column: "last_order",
							to: { schema: "archive", table: "orders" },
							field: "id",
							severity: "warn",
						},
						{ kind: "range", column: "age", min: 0, max: 150, severity: "warn" },
						{ kind: "row_count", min: 1, severity: "warn" },
						{ kind: "freshness", warnAfter: 7200, errorAfter: 86_400, severity: "warn" },
					],
				},
				{
					schema: "archive",
					table: "orders",
					alias: "archived_orders",
					primaryKey: ["id", "line"],
					columns: {},
					onlyColumns: ["id", "line", "total"],
					rules: [],
				},
				{ schema: "shop", table: "a.b", columns: { secret: "drop" }, newColumns: "ignore", rules: [] },
				{ schema: "shop", table: "silent", columns: {}, rules: [] },
			],
			models: "models/",
			queries: "queries",
			warehouse: "warehouse",
			jobs: [
				{
					name: "star-schema",
					script: "jobs/star_schema.py",
					description: "Facts",
					after: ["apply-changes"],
					reads: [
						{ zone: "processed", prefix: "current/shop" },
						{ zone: "raw", prefix: "clickstream-data" },
					],
					writes: [{ zone: "processed", prefix: "star-schema" }],
					tables: [
						{
							schema: "star-schema",
							table: "dim_customer",
							description: "Who bought",
							primaryKey: ["customer_key"],
							rules: [{ kind: "unique", columns: ["customer_key"], severity: "warn" }],
						},
						{
							schema: "star-schema",
							table: "fact_orders",
							primaryKey: [],
							rules: [
								{
									kind: "relationships",
									column: "customer_key",
									to: { schema: "star-schema", table: "dim_customer" },
									field: "customer_key",
									severity: "warn",
								},
							],
						},
						{ schema: "star-schema", table: "dim_date", primaryKey: [], rules: [] },
					],
					arguments: { depth: "3" },
					usesSource: true,
				},
				{
					name: "totals",
					script: "jobs/totals.py",
					after: ["star-schema"],
					reads: [{ zone: "processed", prefix: "" }],
					writes: [{ zone: "processed", prefix: "totals" }],
					tables: [],
					arguments: {},
					usesSource: false,
				},
			],
			clicks: {
				schema: { productid: "int", price: "decimal(12, 2)", details: { color: "string", sizes: ["int"] } },
				template: "clicks.json",
				check: "checks/joined.sql",
			},
			charts: [
				{
					title: "Revenue by month",
					query: "queries/revenue.sql",
					type: "line",
					x: "month",
					y: ["revenue", "orders"],
					formats: { revenue: "usd", orders: "number" },
					aggregates: { orders: "count_distinct" },
					times: { month: "month", day: "day" },
					labels: { month: "Month" },
					filters: ["country", "day"],
					top: 10,
					dashboard: "sales",
					description: "Of every status",
				},
				{
					title: "By country",
					query: "queries/countries.sql",
					type: "bar",
					x: "month",
					y: ["revenue"],
					series: "country",
					formats: { revenue: "eur" },
					aggregates: { revenue: "max" },
					times: { month: "quarter" },
					labels: {},
					filters: [],
				},
				{
					title: "All",
					query: "queries/all.sql",
					type: "table",
					y: [],
					formats: {},
					aggregates: {},
					times: {},
					labels: {},
					filters: [],
				},
				{
					title: "Orders",
					query: "queries/orders.sql",
					type: "number",
					y: ["n", "all"],
					formats: { n: "number", all: "number" },
					aggregates: {},
					times: {},
					labels: {},
					filters: [],
				},
			],
			verify: {
				table: { schema: "shop", table: "pipeline_heartbeat" },
				rows: [{ id: 1, name: "a", gone: null }],
				marker: ["name"],
				sample: { rowCount: 15, row: { id: 1, name: "b" } },
			},
			sampleData: { script: "seed/schemas.ts", dump: "seed/sample.sql", query: "revenue" },
			schedule: { cron: "0 6 * * MON-FRI", timezone: "Europe/Berlin" },
		} satisfies Pipeline);
	});

	it.each([
		["every 5 minutes", { everySeconds: 300 }],
		["every minute", { everySeconds: 60 }],
		["every 2 days", { everySeconds: 172_800 }],
		["{ every: 1 hour }", { everySeconds: 3600 }],
		['"*/15 9-17 * * 1,3,5"', { cron: "*/15 9-17 * * 1,3,5", timezone: "UTC" }],
		["0 0 1 JAN,JUL *", { cron: "0 0 1 JAN,JUL *", timezone: "UTC" }],
	])("has the schedule %s", (text, schedule) => {
		expect(parsePipeline(`${least}schedule: ${text}\n`, "p.yaml").schedule).toEqual(schedule);
	});

	it("may use anchors", () => {
		const text = `${least}tables:\n  shop.a: &people { columns: { email: hash } }\n  shop.b: *people\n`;
		expect(parsePipeline(text, "p.yaml").tables.map(({ columns }) => columns)).toEqual([
			{ email: "hash" },
			{ email: "hash" },
		]);
		expect(said(text.replace("hash", "hsh"))).toEqual([
			'4 tables["shop.a"].columns.email: "hsh" is not allowed. Allowed: drop, hash, keep. Did you mean hash? Write hash.',
			'4 tables["shop.b"].columns.email: "hsh" is not allowed. Allowed: drop, hash, keep. Did you mean hash? Write hash.',
		]);
	});
});

describe("what it means for a table", () => {
	const pipeline = parsePipeline(full, "pipeline.yaml");
	const of = (schema: string, table: string) => ({ schema, table });

	it.each([
		["shop", "customers", true],
		["shop", "tmp_x", false],
		["shop", "old", false],
		["shop", "older", true],
		["archive", "orders", true],
		["archive", "2019_orders", true],
		["archive", "2020_orders", false],
		["empty", "x", true],
		["other", "x", false],
	])("%s.%s is replicated: %s", (schema, table, replicated) => {
		expect(isReplicated(pipeline, of(schema, table))).toBe(replicated);
	});

	it.each([
		["its own word wins over that of all", of("shop", "customers"), "phone", "keep"],
		["the word of all counts where it says nothing", of("shop", "customers"), "password_hash", "drop"],
		["also for a table that the file does not name", of("shop", "orders"), "phone", "hash"],
		["other columns are kept", of("shop", "orders"), "toString", "keep"],
		["of a list, what is not in it is dropped", of("archive", "orders"), "note", "drop"],
		["of a list, what is in it is kept", of("archive", "orders"), "total", "keep"],
		["of an exclude list, what is in it is dropped", of("shop", "a.b"), "secret", "drop"],
	])("%s", (_, table, column, action) => {
		expect(columnAction(pipeline, table, column)).toBe(action);
	});
});

it("takes names that mean something to JavaScript as any others", () => {
	const names = ["__proto__", "constructor", "toString"];
	for (const name of names) {
		const pipeline = parsePipeline(
			`name: x\nsource: { schemas: { ${name}: } }\ndefaults: { columns: { ${name}: hash } }\n` +
				`tables: { ${name}.${name}: { columns: { ${name}: drop } }, ${name}.b: { columns: { exclude: [${name}] } } }\n`,
			"pipeline.yaml",
		);
		expect(pipeline.schemas.map((schema) => schema.name)).toEqual([name]);
		expect(Object.entries(pipeline.columns)).toEqual([[name, "hash"]]);
		expect(pipeline.tables.map(({ table, columns }) => [table, Object.entries(columns)])).toEqual([
			[name, [[name, "drop"]]],
			["b", [[name, "drop"]]],
		]);
		expect(columnAction(pipeline, { schema: name, table: name }, name)).toBe("drop");
		expect(columnAction(pipeline, { schema: name, table: "c" }, name)).toBe("hash");
		expect(columnAction(pipeline, { schema: name, table: "c" }, "hasOwnProperty")).toBe("keep");
	}
});
