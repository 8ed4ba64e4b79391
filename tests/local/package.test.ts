import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { describe, expect } from "vitest";
import { parse } from "yaml";
import { projectRoot } from "../../cli/common/projectRoot.ts";
import { testEnvironment } from "../../infra/testing/mockedCloud.ts";
import type { Registered } from "../../infra/testing/program.ts";
import { it } from "../support/serverFixtures.ts";

const run = promisify(execFile);

interface Manifest {
	dependencies: Record<string, string>;
	peerDependencies: Record<string, string>;
	bin: Record<string, string>;
}

describe("a project that has the package", () => {
	let team: string;
	let installed: string;
	let environment: NodeJS.ProcessEnv;

	/** As npm puts it there, except for the packages that it needs: these are the repository's, each by a link. */
	it.beforeAll(async ({ fileFolder, server, db }) => {
		const { stdout } = await run("npm", ["run", "--silent", "package"], { cwd: projectRoot });
		team = join(fileFolder, "team");
		installed = join(team, "node_modules", "analytics-pipeline");
		await mkdir(installed, { recursive: true });
		await run("tar", ["-xzf", join(projectRoot, stdout.trim()), "--strip-components=1", "-C", installed]);
		const manifest = JSON.parse(await readFile(join(installed, "package.json"), "utf8")) as Manifest;
		for (const name of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) {
			const place = join(team, "node_modules", name);
			await mkdir(dirname(place), { recursive: true });
			await symlink(join(projectRoot, "node_modules", name), place);
		}
		await mkdir(join(team, ".pipeline"));
		await symlink(join(projectRoot, ".pipeline", "python"), join(team, ".pipeline", "python"));
		environment = { ...process.env, CI: "", PIPELINE_SOURCE_PASSWORD: "hunter2" };
		delete environment.PIPELINE_HOME;
		await db.query(
			`
			CREATE DATABASE books; CREATE TABLE books.loans (id INT PRIMARY KEY, title VARCHAR(50), lent_at DATETIME NOT NULL);
			INSERT INTO books.loans VALUES (1, 'Emma', '2026-01-02 03:04:05'), (2, 'Ulysses', '2026-01-03 03:04:05');
			CREATE USER 'package'@'127.0.0.1' IDENTIFIED BY 'hunter2';
			GRANT SELECT, REPLICATION SLAVE, REPLICATION CLIENT, BINLOG MONITOR ON *.* TO 'package'@'127.0.0.1';
		`,
		);
		await cli(team, "init", "lending", "--source-url", `mysql://package@127.0.0.1:${server.port}`, "--schema", "books");
	});
	it.afterAll(async () => {
		for (const stack of ["local-lending", "local"]) await cli(team, "down", "--stack", stack).catch(() => undefined);
	});

	const cli = async (cwd: string, ...args: string[]): Promise<string> => {
		const program = join(installed, "dist", "pipeline-cli.js");
		return (await run(process.execPath, [program, ...args], { cwd, env: environment, maxBuffer: 64 << 20 })).stdout;
	};

	it("is not made by npm pack, which says how it is made", async () => {
		const packed = run("npm", ["pack", "--dry-run"], { cwd: projectRoot });
		await expect(packed).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining("use: npm run package") });
	});

	it("is set up by init: a definition that its editor understands, and a Pulumi.yaml that runs the package", async () => {
		expect((await readdir(team)).sort()).toEqual([
			".pipeline",
			"Pulumi.lending.yaml",
			"Pulumi.yaml",
			"node_modules",
			"pipelines",
		]);
		const [first = ""] = (await readFile(join(team, "pipelines/lending/pipeline.yaml"), "utf8")).split("\n");
		const schema = join(team, "pipelines/lending", first.split("$schema=")[1] ?? "");
		expect(JSON.parse(await readFile(schema, "utf8"))).toHaveProperty("properties.source");
		const { main } = parse(await readFile(join(team, "Pulumi.yaml"), "utf8")) as { main: string };
		expect(await readFile(join(team, main), "utf8")).toContain("definePipeline()");
	});

	it("deploys its own pipeline by the package's program, with its defaults, and uploads nothing from elsewhere", async () => {
		const { config } = parse(await readFile(join(team, "Pulumi.lending.yaml"), "utf8")) as {
			config: Record<string, string | number>;
		};
		const filled = {
			...config,
			sourceHost: "db.lending.test",
			sourceSecretArn: `arn:aws:secretsmanager:${testEnvironment.region}:${testEnvironment.accountId}:secret:lending-a1b2c3`,
			sourceCidr: "10.1.2.0/24",
			sourceCaCertificateFile: "source-ca.pem",
			notificationEmail: "data@lending.test",
		};
		await writeFile(join(team, "source-ca.pem"), await readFile(join(projectRoot, "infra/testing/sourceCa.pem")));
		const engine = Object.entries(filled).map(([key, value]) => [`team:${key}`, String(value)]);
		const settings = JSON.stringify({ "aws:region": testEnvironment.region, ...Object.fromEntries(engine) });
		// In plain Node, as Pulumi starts it.
		const program = join(installed, "infra", "packaged.mjs");
		await build({
			entryPoints: [join(projectRoot, "tests", "infra", "packaged.mjs")],
			outfile: program,
			bundle: true,
			format: "esm",
			platform: "node",
			external: ["@pulumi/*"],
			logLevel: "silent",
		});
		const { stdout } = await run(process.execPath, [program, installed, settings, "team"], {
			cwd: join(installed, "infra"),
			env: {
				...process.env,
				PULUMI_NODEJS_ROOT_DIRECTORY: team,
				TSX_TSCONFIG_PATH: join(projectRoot, "tsconfig.json"),
			},
			maxBuffer: 64 << 20,
		});
		const resources = JSON.parse(stdout) as Registered[];
		const jobs = resources.filter(({ type }) => type === "aws:glue/job:Job");
		expect(jobs.length).toBeGreaterThanOrEqual(4);
		const mappings = resources.find(({ type }) => type === "aws:dms/replicationTask:ReplicationTask")?.inputs
			.tableMappings;
		expect(JSON.parse(String(mappings))).toMatchObject({
			rules: expect.arrayContaining([
				expect.objectContaining({ "object-locator": expect.objectContaining({ "schema-name": "books" }) }),
			]),
		});
		expect(stdout).not.toContain(projectRoot);
		expect(stdout).not.toContain("wordpress");
	});

	it("has types for a program of its own", async () => {
		await writeFile(
			join(team, "program.ts"),
			`import { DataLake, definePipeline, type PipelineOutputs } from "analytics-pipeline";
			import * as pulumi from "@pulumi/pulumi";
			export const pipeline: pulumi.Output<PipelineOutputs> = definePipeline();
			export const own = new DataLake("own", { kmsKeyArn: "arn:aws:kms:x", disposable: false });
			// @ts-expect-error: it has another type
			export const wrong: string = own.raw.bucketName;`,
		);
		await writeFile(join(team, "package.json"), '{ "type": "module" }');
		const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2023", "--skipLibCheck"];
		const compiler = join(projectRoot, "node_modules", "typescript-native", "bin", "tsc");
		const checked = await run(process.execPath, [compiler, ...options, "program.ts"], { cwd: team }).catch(
			(error: { stdout: string }) => error,
		);
		expect(checked.stdout).toBe("");
	});

	it("runs the demo of the sample shop, which it does not have itself, and its own pipeline beside it", async ({
		server,
	}) => {
		expect(await cli(team, "demo")).toContain(
			"Changes arrive: the lake has 4 rows written at the source, with equal values.",
		);
		// From a folder below, and as its own stack.
		const below = join(team, "pipelines");
		const source = ["--source-url", `mysql://package@127.0.0.1:${server.port}`];
		await cli(below, "source", "up", "--stack", "local-lending", "--pipeline", "lending", ...source);
		await cli(below, "replication", "start", "--stack", "local-lending");
		await cli(below, "run-etl", "--stack", "local-lending");
		const rows = await cli(below, "query", "--stack", "local-lending", "SELECT title FROM loans ORDER BY id", "--csv");
		expect(rows).toBe("title\r\nEmma\r\nUlysses\r\n");
	});
});
