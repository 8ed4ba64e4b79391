import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { localPaths } from "../../cli/engines/local/shared/paths.ts";
import { type LocalSettings, passwordFile, writeSettings } from "../../cli/engines/local/shared/settings.ts";
import { it } from "../support/fixtures.ts";
import { loadedPackages } from "../support/loadedPackages.ts";

/** What takes long to load: database, drivers, parsers, clients of AWS. */
const heavy = /^mysql2$|^@duckdb|^icebird$|^hyparquet|^fzstd$|^dt-sql-parser$|^antlr4|^@aws-sdk|^@faker-js|^@pulumi/;

let home: string;
it.beforeAll(async ({ fileFolder }) => {
	home = join(fileFolder, "home");
	const paths = localPaths(home);
	const pipeline = join(fileFolder, "own");
	await mkdir(pipeline);
	await writeFile(join(pipeline, "pipeline.yaml"), "name: own\nsource: { schemas: [own] }\n");
	const source: LocalSettings["source"] = {
		kind: "external",
		host: "127.0.0.1",
		port: 1,
		user: "u",
		tls: "DISABLED",
		schemas: ["own"],
	};
	await writeSettings({ version: 1, pipeline, source }, paths);
	await mkdir(paths.source, { recursive: true });
	await writeFile(passwordFile(paths), "secret\n");
});
it.beforeEach(() => {
	process.env.PIPELINE_HOME = home;
	return () => {
		delete process.env.PIPELINE_HOME;
	};
});

const loads = async (program: string, args: readonly string[], folder: string): Promise<string[]> =>
	(await loadedPackages(program, args, join(folder, "loaded"))).filter((name) => heavy.test(name));

it.for(["--help", "run-etl --help", "replication status", "replication tables", "replication stop"])(
	"loads nothing heavy for %s",
	async (command, { folder }) => {
		expect(await loads("pipeline-cli.js", command.split(" "), folder)).toEqual([]);
	},
);

it("loads for the status what asks the source, and neither a database nor a parser", async ({ folder }) => {
	expect(await loads("pipeline-cli.js", ["status"], folder)).toEqual(["mysql2"]);
});

it("keeps what the worker needs out of its supervisor", async ({ folder }) => {
	const args = ["supervise", "--home", home, "--batch-interval", "1", "--batch-bytes", "1000000"];
	expect(await loads("replicator.js", args, folder)).toEqual([]);
});
