import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { parse } from "yaml";
import { readDefinition } from "../../../etl/definition/definition.ts";
import { it } from "../../../tests/support/fixtures.ts";
import { PipelineError } from "../../common/errors.ts";
import { projectRoot } from "../../common/projectRoot.ts";
import { personalColumns } from "../personalData.ts";
import { catalogNamesOf, shop, table } from "./fixtures/tables.ts";
import { type Initialised, initialise, refuseExisting } from "./init.ts";
import { placeOf } from "./place.ts";

const server = {
	host: "db.example.com",
	port: 3307,
	user: "repl",
	password: "hunter2",
	tls: "VERIFY_IDENTITY" as const,
};
const found = { url: "mysql://repl@db.example.com:3307", version: "MySQL 8.4.9", tables: [...shop] };

function init(root: string, name = "shop2"): Promise<Initialised> {
	return initialise(placeOf(name, root), { project: root, tool: root }, server, found);
}

async function refused(work: Promise<unknown>): Promise<PipelineError> {
	const error: unknown = await work.then(() => undefined).catch((reason: unknown) => reason);
	if (error instanceof PipelineError) return error;
	throw new Error(`not refused: ${String(error)}`);
}

const all = async (root: string): Promise<string[]> =>
	(await readdir(root, { recursive: true, withFileTypes: true }))
		.filter((entry) => !entry.isSymbolicLink())
		.map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
		.sort();

const whole = [
	"Pulumi.shop2.yaml",
	"pipelines",
	"pipelines/shop2",
	"pipelines/shop2/models",
	"pipelines/shop2/models/orders_by_day.sql",
	"pipelines/shop2/pipeline.yaml",
	"pipelines/shop2/queries",
	"pipelines/shop2/queries/rows_by_day.sql",
	"pipelines/shop2/queries/table_rows.sql",
];

describe("init", () => {
	it.beforeEach(async ({ folder }) => {
		await symlink(join(projectRoot, "etl"), join(folder, "etl"));
	});

	it("writes a definition that can be read, and a stack's file, without the password", async ({ folder }) => {
		const result = await init(folder);
		expect(await all(folder)).toEqual(whole);
		expect(result).toMatchObject({
			name: "shop2",
			folder: "pipelines/shop2",
			stack: "shop2",
			tables: 3,
			withoutKey: ["shop.log"],
			personal: ["shop.customers.email", "shop.customers.ssn", "shop.customers.birthday"],
			aliases: {},
			models: ["orders_by_day"],
			queries: ["rows_by_day", "table_rows"],
		});
		const definition = readDefinition(join(folder, "pipelines/shop2"), join(projectRoot, "etl"));
		expect(definition.queries.map(({ name, title }) => [name, title])).toEqual([
			["rows_by_day", "orders by day"],
			["table_rows", "Rows of the largest tables"],
		]);
		expect(definition.queries[0]?.sql).toContain('FROM "orders_by_day"');
		const model = await readFile(join(folder, "pipelines/shop2/models/orders_by_day.sql"), "utf8");
		expect(model).toContain("CAST(`order_date` AS date)");
		for (const path of result.files) expect(await readFile(path, "utf8")).not.toContain("hunter2");
		const first = (await readFile(join(folder, "pipelines/shop2/pipeline.yaml"), "utf8")).split("\n")[0];
		expect(first).toBe("# yaml-language-server: $schema=../../etl/contract/pipeline.schema.json");
	});

	it("overwrites nothing, and names what is there", async ({ folder }) => {
		await init(folder);
		const before = await readFile(join(folder, "pipelines/shop2/pipeline.yaml"), "utf8");
		const error = await refused(init(folder));
		expect(error.outcome).toBe("usage");
		expect(error.text.what).toBe(
			"pipelines/shop2/pipeline.yaml, pipelines/shop2/models/orders_by_day.sql, pipelines/shop2/queries/rows_by_day.sql, pipelines/shop2/queries/table_rows.sql, Pulumi.shop2.yaml already exist, so nothing was written.",
		);
		expect((await refused(refuseExisting(placeOf("shop2", folder)))).text.what).toContain(
			"Pulumi.shop2.yaml already exist",
		);
		expect(await readFile(join(folder, "pipelines/shop2/pipeline.yaml"), "utf8")).toBe(before);
		expect(await all(folder)).toEqual(whole);
	});

	it.for(["Pulumi.shop2.yaml", "pipelines/shop2/queries/table_rows.sql"])(
		"writes nothing where %s alone is there",
		async (path, { folder }) => {
			await mkdir(join(folder, "pipelines/shop2/queries"), { recursive: true });
			await writeFile(join(folder, path), "mine");
			const before = await all(folder);
			expect((await refused(init(folder))).text.what).toBe(`${path} already exists, so nothing was written.`);
			expect(await all(folder)).toEqual(before);
			expect(await readFile(join(folder, path), "utf8")).toBe("mine");
		},
	);

	it("writes into a folder that has other files", async ({ folder }) => {
		await mkdir(join(folder, "pipelines/shop2/queries"), { recursive: true });
		await writeFile(join(folder, "pipelines/shop2/queries/mine.sql"), "-- Mine\nSELECT 1\n");
		await init(folder);
		expect(await all(folder)).toEqual([...whole, "pipelines/shop2/queries/mine.sql"].sort());
	});

	it("leaves nothing where a folder cannot be made", async ({ folder }) => {
		await writeFile(join(folder, "pipelines"), "a file");
		const error = await refused(init(folder));
		expect([error.outcome, error.text.what]).toEqual([
			"failure",
			`${join(folder, "pipelines/shop2")} could not be written; everything written so far was removed.`,
		]);
		expect(await all(folder)).toEqual(["pipelines"]);
	});
});

describe("init in a project that has this program as a package", () => {
	it("writes the project's Pulumi.yaml once, and names the package as the project sees it", async ({ folder }) => {
		const tool = join(folder, "node_modules/.store/analytics-pipeline@1.0.0/node_modules/analytics-pipeline");
		await mkdir(tool, { recursive: true });
		await symlink(join(projectRoot, "etl"), join(tool, "etl"));
		await symlink(tool, join(folder, "node_modules/analytics-pipeline"));
		const named = (name: string): Promise<Initialised> =>
			initialise(placeOf(name, folder), { project: folder, tool }, server, found);

		expect((await named("shop2")).files).toContain(join(folder, "Pulumi.yaml"));
		const project = await readFile(join(folder, "Pulumi.yaml"), "utf8");
		expect(parse(project)).toMatchObject({
			name: expect.stringMatching(/^[a-z][a-z0-9-]{0,17}$/),
			main: "node_modules/analytics-pipeline/infra/program.js",
			runtime: "nodejs",
		});
		const definition = await readFile(join(folder, "pipelines/shop2/pipeline.yaml"), "utf8");
		expect(definition).toContain("$schema=../../node_modules/analytics-pipeline/etl/contract/pipeline.schema.json\n");

		expect((await named("shop3")).files).not.toContain(join(folder, "Pulumi.yaml"));
		expect(await readFile(join(folder, "Pulumi.yaml"), "utf8")).toBe(project);
	});
});

describe("the argument", () => {
	const root = "/project";

	it.for([
		["shop2", "/project/pipelines/shop2", "pipelines/shop2"],
		["/project/pipelines/shop2/", "/project/pipelines/shop2", "pipelines/shop2"],
		["/project/own/shop2", "/project/own/shop2", "own/shop2"],
		["/elsewhere/shop2", "/elsewhere/shop2", "/elsewhere/shop2"],
	] as const)("%s is the folder %s", ([argument, folder, shown]) => {
		expect(placeOf(argument, root)).toMatchObject({
			folder,
			shown,
			name: "shop2",
			stackFile: "/project/Pulumi.shop2.yaml",
		});
	});

	it.for([
		["Shop 2", "pipeline-cli init shop-2"],
		["2nd", "pipeline-cli init nd"],
		["local", "pipeline-cli init shop2"],
		["订单", "pipeline-cli init shop2"],
	] as const)("%s cannot be a name", ([argument, next]) => {
		const place = (): unknown => placeOf(argument, root);
		expect(place).toThrow(PipelineError);
		expect(place).toThrow(expect.objectContaining({ outcome: "usage", text: expect.objectContaining({ next }) }));
	});
});

describe("names in the catalog", () => {
	const names = (...tables: [string, string][]): string[] =>
		catalogNamesOf(tables.map(([schema, name]) => table(schema, name, { id: "int" })));

	it("are the tables' own where these are plain", () => {
		expect(names(["a", "Orders"], ["a", "2019_orders"])).toEqual(["orders", "2019_orders"]);
	});

	it("differ for tables of one name, and for a table that is called like a change log", () => {
		expect(names(["a", "orders"], ["b", "orders"], ["b", "log"], ["b", "log_changes"])).toEqual([
			"orders",
			"b_orders",
			"log",
			"b_log_changes",
		]);
	});

	it("are plain for any other", () => {
		expect(names(["a", "Bestellungen (März)"], ["a", "订单"], ["a", "用户"], ["a", "1.2"])).toEqual([
			"bestellungen_marz",
			"table",
			"a",
			"t_1_2",
		]);
	});
});

describe("personal data", () => {
	const found = (columns: Record<string, string>, keys: string[] = []) =>
		personalColumns(table("s", "t", columns), keys);

	it("is found by the whole name of a column, however it is written", () => {
		const columns = { E_Mail: "varchar", "first name": "varchar", emails_sent: "int", PASSWORD_HASH: "char" };
		expect(found(columns)).toEqual([
			["E_Mail", "hash"],
			["first name", "hash"],
			["PASSWORD_HASH", "drop"],
		]);
	});

	it("is found in other languages, with and without accents", () => {
		const columns = {
			Vorname: "varchar",
			Straße: "varchar",
			prénom: "varchar",
			geboren: "date",
			Dirección: "text",
			dni: "char",
		};
		expect(found({ ...columns, nom: "varchar", Farbe: "varchar" })).toEqual([
			["Vorname", "hash"],
			["Straße", "hash"],
			["prénom", "hash"],
			["geboren", "drop"],
			["Dirección", "hash"],
			["dni", "drop"],
		]);
	});

	it("is a latitude only beside a longitude", () => {
		expect(found({ latitude: "double", name: "char" })).toEqual([]);
		expect(found({ Lat: "double", lng: "double" })).toEqual([
			["Lat", "drop"],
			["lng", "drop"],
		]);
	});

	it("keeps keys: a text is hashed, anything else stays", () => {
		expect(found({ ssn: "char", phone: "bigint" }, ["ssn", "phone"])).toEqual([["ssn", "hash"]]);
	});
});
