import { spawn } from "node:child_process";
import { cp, mkdir, readdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { projectRoot } from "../../cli/common/projectRoot.ts";
import { readDefinition } from "../../etl/definition/definition.ts";
import { it } from "../support/serverFixtures.ts";
import { freePort } from "../support/servers/testServer.ts";

interface Result {
	code: number | null;
	stdout: string;
	stderr: string;
}

describe("init", () => {
	let project: string;
	let url: string;

	it.beforeAll(async ({ fileFolder, server, db }) => {
		// A project of the test's own: what init writes goes into the one that the program is in.
		project = join(fileFolder, "project");
		await mkdir(project);
		for (const name of ["dist", "package.json"])
			await cp(join(projectRoot, name), join(project, name), { recursive: true });
		for (const name of ["node_modules", "etl"]) await symlink(join(projectRoot, name), join(project, name));
		url = `mysql://reader@127.0.0.1:${server.port}`;
		await db.query(`
			CREATE DATABASE shop; CREATE DATABASE archive; CREATE DATABASE hollow; CREATE DATABASE hidden;
			CREATE TABLE shop.customers (id INT PRIMARY KEY, email VARCHAR(100), password_hash CHAR(64), city VARCHAR(50));
			CREATE TABLE shop.orders (id INT PRIMARY KEY, customer_id INT, updated_at TIMESTAMP NOT NULL,
				created_at DATETIME NOT NULL, FOREIGN KEY (customer_id) REFERENCES shop.customers (id));
			CREATE TABLE shop.log (code CHAR(8) NOT NULL UNIQUE, line TEXT);
			CREATE TABLE shop.\`od\`\`d "na.me'\` (id INT PRIMARY KEY);
			CREATE VIEW shop.all_orders AS SELECT * FROM shop.orders;
			CREATE TABLE archive.orders (id INT PRIMARY KEY);
			CREATE TABLE hidden.secrets (id INT PRIMARY KEY);
			INSERT INTO shop.customers VALUES (1, 'a@company.test', 'x', 'Oslo');
			INSERT INTO shop.orders SELECT seq, 1, '2026-01-02 03:04:05', '2026-01-01 00:00:00' FROM shop.seq_1_to_500;
			CREATE USER 'reader'@'127.0.0.1' IDENTIFIED BY 'hunter2';
			GRANT SELECT ON shop.* TO 'reader'@'127.0.0.1'; GRANT SELECT ON archive.* TO 'reader'@'127.0.0.1';
			GRANT SELECT ON hollow.* TO 'reader'@'127.0.0.1';
		`);
	});

	function run(args: readonly string[], env: Record<string, string> = {}): Promise<Result> {
		const child = spawn(process.execPath, [join(project, "dist", "pipeline-cli.js"), ...args], {
			stdio: ["ignore", "pipe", "pipe"],
			env: {
				...process.env,
				PIPELINE_HOME: join(project, ".pipeline"),
				PIPELINE_SOURCE_PASSWORD: "hunter2",
				// As npx says it.
				npm_command: "exec",
				...env,
			},
		});
		const output = { stdout: "", stderr: "" };
		child.stdout.on("data", (chunk: Buffer) => {
			output.stdout += chunk.toString();
		});
		child.stderr.on("data", (chunk: Buffer) => {
			output.stderr += chunk.toString();
		});
		return new Promise((resolve, reject) => {
			child.once("error", reject);
			child.once("close", (code) => resolve({ code, ...output }));
		});
	}

	const written = async (name: string): Promise<string> =>
		readFile(join(project, "pipelines", name, "pipeline.yaml"), "utf8");

	it("writes what it found of one schema, says what to run next, and never does it again", async () => {
		const result = await run(["init", "one", "--source-url", url, "--schema", "shop", "--json"]);
		expect(result.stderr).not.toContain("error");
		expect(result.code).toBe(0);
		const document: unknown = JSON.parse(result.stdout);
		expect(document).toMatchObject({
			folder: "pipelines/one",
			stack: "one",
			tables: 4,
			withoutKey: ["shop.log"],
			personal: ["shop.customers.email", "shop.customers.password_hash"],
			aliases: { "shop.`od``d \"na.me'`": "od_d_na_me" },
			next: {
				local: expect.arrayContaining([
					`pipeline-cli up --pipeline pipelines/one --source-url ${url}`,
					"pipeline-cli query --name rows_by_day",
				]),
			},
		});
		const text = await written("one");
		expect(text).toContain("#  columns: { email: hash, password_hash: drop }");
		expect(text).toContain("#  primary_key: [code]");
		expect(text).toContain("relationships: { column: customer_id, to: shop.customers, field: id }");
		expect(text).not.toContain("all_orders");
		expect(text).toMatch(/# {3}orders +about \d+ rows, /);
		const { queries } = readDefinition(join(project, "pipelines", "one"), join(projectRoot, "etl"));
		expect(queries.map(({ sql }) => sql).join("\n")).toContain('FROM "orders_by_day"');
		const model = await readFile(join(project, "pipelines", "one", "models", "orders_by_day.sql"), "utf8");
		expect(model).toContain("CAST(`created_at` AS date)");
		expect(await readFile(join(project, "Pulumi.one.yaml"), "utf8")).toContain("sourceEngine: mariadb");
		for (const name of await readdir(project)) expect(name).not.toMatch(/^\.init/);
		expect(text + result.stdout + result.stderr).not.toContain("hunter2");

		const again = await run(["init", "one", "--source-url", url, "--schema", "shop"]);
		expect(again.code).toBe(2);
		expect(again.stderr).toContain("pipelines/one/pipeline.yaml, Pulumi.one.yaml already exist");
		expect(await written("one")).toBe(text);
	});

	it("takes all that the user may see, without the system's schemas and empty ones", async () => {
		const result = await run(["init", "every", "--source-url", url]);
		expect(result.code).toBe(0);
		expect(result.stdout).toContain("npx pipeline-cli up --pipeline ");
		const { pipeline } = readDefinition(join(project, "pipelines", "every"), join(projectRoot, "etl"));
		expect(pipeline.schemas.map(({ name }) => name)).toEqual(["archive", "shop"]);
		expect(pipeline.tables.map(({ schema, table, alias }) => [schema, table, alias])).toContainEqual([
			"shop",
			"orders",
			"shop_orders",
		]);
	});

	it("takes the schema of the URL's path, and a URL of the environment", async () => {
		const result = await run(["init", "path"], { PIPELINE_SOURCE_URL: `${url.replace("@", ":hunter2@")}/archive` });
		expect(result.code).toBe(0);
		expect(await written("path")).toContain("    archive:\n");
		expect((await written("path")) + result.stdout).not.toMatch(/hunter2|shop:/);
	});

	it.for([
		[
			"a schema that is not there",
			["--schema", "shp"],
			2,
			"has no schema shp, or the user may not see it.",
			"Did you mean shop?",
		],
		[
			"a schema that the user may not see",
			["--schema", "hidden"],
			2,
			"has no schema hidden, or the user may not see it.",
			"GRANT the user SELECT",
		],
		["a schema without tables", ["--schema", "hollow"], 2, "hollow at 127.0.0.1:", "has no table"],
	] as const)("refuses %s", async ([, args, code, what, fix]) => {
		const result = await run(["init", "refused", "--source-url", url, ...args]);
		expect(result.code).toBe(code);
		expect(result.stderr).toContain(what);
		expect(result.stderr).toContain(fix);
		expect(result.stderr).toContain(`pipeline-cli init refused --source-url ${url}`);
		expect(await readdir(join(project, "pipelines"))).not.toContain("refused");
	});

	it("refuses a server that does not answer, a wrong password, and no server", async () => {
		const away = await run(["init", "refused", "--source-url", `mysql://reader@127.0.0.1:${await freePort()}`]);
		expect([away.code, away.stderr]).toEqual([1, expect.stringContaining("check the host, port and firewall.")]);
		const wrong = await run(["init", "refused", "--source-url", url], { PIPELINE_SOURCE_PASSWORD: "wrong-secret" });
		expect([wrong.code, wrong.stderr]).toEqual([3, expect.stringContaining("refused the user reader")]);
		expect(wrong.stderr).not.toContain("wrong-secret");
		const none = await run(["init", "refused"]);
		expect([none.code, none.stderr]).toEqual([2, expect.stringContaining("--source-url")]);
		const inUrl = await run(["init", "refused", "--source-url", url.replace("@", ":hunter2@")]);
		expect([inUrl.code, inUrl.stderr]).toEqual([2, expect.stringContaining("pipeline-cli init refused --source-url")]);
		expect(inUrl.stderr).not.toContain("hunter2");
	});
});
