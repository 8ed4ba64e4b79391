import { join } from "node:path";
import { build, type Metafile } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../../cli/common/projectRoot.ts";

let inputs: Metafile["inputs"];
beforeAll(async () => {
	const result = await build({
		absWorkingDir: projectRoot,
		entryPoints: ["cli/main.ts"],
		bundle: true,
		splitting: true,
		write: false,
		outdir: join(projectRoot, "dist"),
		format: "esm",
		platform: "node",
		packages: "external",
		metafile: true,
	});
	inputs = result.metafile.inputs;
});

/** Packages of what is loaded immediately with a file: its static imports, and theirs. */
function loadedWith(file: string): string[] {
	const seen = new Set<string>();
	const packages = new Set<string>();
	const visit = (path: string): void => {
		if (seen.has(path)) return;
		seen.add(path);
		for (const { path: imported, kind, external } of inputs[path]?.imports ?? []) {
			if (kind !== "import-statement") continue;
			if (external === true) packages.add(imported);
			else visit(imported);
		}
	};
	visit(file);
	return [...packages].filter((name) => !name.startsWith("node:")).sort();
}

const heavy = /^(@aws-sdk|@smithy|@duckdb|@pulumi|@faker-js|mysql2|zod|icebird|@vlasky)/;

describe("what is loaded", () => {
	it("--help loads the parser of the command line, chalk and the width of letters, and nothing else", () => {
		expect(loadedWith("cli/run.ts")).toEqual(["chalk", "commander", "string-width"]);
	});

	it("nothing is loaded before Ctrl-C is heard", () => {
		expect(loadedWith("cli/main.ts")).toEqual([]);
	});

	it("no client of AWS is loaded with any file: each waits until its service is called", () => {
		const eager = Object.keys(inputs).filter((file) =>
			loadedWith(file).some((name) => /^(@aws-sdk|@smithy)/.test(name)),
		);
		expect(eager).toEqual([]);
	});

	it("the adapters of AWS load nothing heavy but the schema of the outputs", () => {
		const adapters = Object.keys(inputs).filter((file) => file.startsWith("cli/engines/aws/"));
		const found = adapters.flatMap((file) => loadedWith(file).filter((name) => heavy.test(name)));
		expect([...new Set(found)].sort()).toEqual(["zod"]);
	});

	it.each([
		[
			"cli/engines/aws/replication/awsReplication.ts",
			["client-cloudwatch", "client-cloudwatch-logs", "client-database-migration-service", "client-glue", "client-s3"],
		],
		["cli/engines/aws/jobs/awsJobs.ts", ["client-glue", "client-s3", "client-sfn", "client-cloudwatch-logs"]],
		["cli/engines/aws/query/athenaQuery.ts", ["client-athena"]],
		["cli/engines/aws/warehouse/redshiftWarehouse.ts", ["client-redshift-data", "client-secrets-manager"]],
		["cli/engines/aws/warehouse/warehouseStatus.ts", ["client-redshift", "client-redshift-serverless"]],
		["cli/engines/aws/objectStore.ts", ["client-s3"]],
	])("%s names the services that it uses, and no other", (file, services) => {
		expect(clientsNamedBy(file)).toEqual(services.map((name) => `@aws-sdk/${name}`).sort());
	});
});

/** Clients that a file and those that it imports load when they are called; the factory, which can load all, left out. */
function clientsNamedBy(file: string): string[] {
	const seen = new Set<string>();
	const clients = new Set<string>();
	const visit = (path: string): void => {
		if (seen.has(path) || path.endsWith("/clients.ts")) return;
		seen.add(path);
		for (const { path: imported, kind, external } of inputs[path]?.imports ?? []) {
			if (external === true && kind === "dynamic-import" && imported.startsWith("@aws-sdk/")) clients.add(imported);
			else if (external !== true && kind === "import-statement") visit(imported);
		}
	};
	visit(file);
	return [...clients].sort();
}
