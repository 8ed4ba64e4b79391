import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { it } from "../../../../tests/support/fixtures.ts";
import { choosePipeline, requireFreeFolders, stackDefinition } from "./definition.ts";
import { localPaths } from "./paths.ts";
import { type LocalSettings, writeSettings } from "./settings.ts";

const source = {
	kind: "private" as const,
	host: "127.0.0.1",
	port: 3306,
	user: "u",
	tls: "DISABLED" as const,
	schemas: ["a"],
};

async function define(folder: string, text = "name: own\nsource: { schemas: [crm, erp] }\n"): Promise<string> {
	const path = join(folder, "own");
	await mkdir(path, { recursive: true });
	await writeFile(join(path, "pipeline.yaml"), text);
	return path;
}

describe("a schema's folder in the lake", () => {
	const job =
		"jobs: [ { name: totals, script: totals.py, reads: [ processed/current/crm ], writes: [ processed/totals ] } ]";

	it.for([
		["current", "The processed zone of the lake uses a folder of that name for something else."],
		["Models", "The processed zone"],
		["clickstream-data", "The raw zone"],
		["CLICKSTREAM-ERRORS", "The raw zone"],
		["_cleared", "The raw zone"],
		["_state", "The processed zone"],
		["totals", "The job totals writes to the folder totals of the lake"],
	] as const)("%s is there for something else", async ([schema, why], { folder }) => {
		const own = await define(folder, `name: own\nsource: { schemas: [crm] }\n${job}\n`);
		await writeFile(join(own, "totals.py"), "");
		expect(() => requireFreeFolders(["crm", "clickstream", "total", schema], own)).toThrow(
			expect.objectContaining({
				outcome: "usage",
				text: expect.objectContaining({ why: expect.stringContaining(why), what: expect.stringContaining(schema) }),
			}),
		);
	});

	it("is free for any other name", async ({ folder }) => {
		const own = await define(folder);
		expect(() => requireFreeFolders(["crm", "clickstream_data", "currents", "my shop"], own)).not.toThrow();
	});
});

describe("the pipeline of a local stack", () => {
	it("is the sample shop, where none was ever named", async ({ folder }) => {
		const paths = localPaths(join(folder, "home"));
		expect((await stackDefinition(paths)).pipeline.name).toBe("shop");
		const chosen = await choosePipeline(undefined, undefined, undefined, paths);
		expect(chosen).toEqual({ pipeline: "pipelines/shop", schemas: ["wordpress-db", "classicmodels"] });
	});

	it("is the one that was named, also later, with its schemas", async ({ folder }) => {
		const paths = localPaths(join(folder, "home"));
		const own = await define(folder);
		const { schemas, ...chosen } = await choosePipeline(own, undefined, undefined, paths);
		expect(schemas).toEqual(["crm", "erp"]);
		const settings: LocalSettings = { version: 1, ...chosen, source };
		await writeSettings(settings, paths);
		expect((await stackDefinition(paths)).pipeline.name).toBe("own");
		expect(await choosePipeline(undefined, settings, ["crm"], paths)).toMatchObject({
			pipeline: own,
			schemas: ["crm"],
		});
	});

	it("is not exchanged once there is a replication", async ({ folder }) => {
		const paths = localPaths(join(folder, "home"));
		const own = await define(folder);
		expect(await choosePipeline(own, { version: 1, source }, ["a"], paths)).toMatchObject({ schemas: ["crm", "erp"] });
		await mkdir(paths.replication, { recursive: true });
		// What stands in it does not matter any more.
		await define(folder, "name: [\n");
		await expect(choosePipeline(own, { version: 1, source }, ["a"], paths)).rejects.toMatchObject({
			outcome: "usage",
			text: {
				what: expect.stringContaining("runs the pipeline of pipelines/shop"),
				next: expect.stringContaining(own),
			},
		});
	});

	it("is refused where its folder is misspelt, also where another one is replicated", async ({ folder }) => {
		const paths = localPaths(join(folder, "home"));
		await mkdir(paths.replication, { recursive: true });
		await define(folder);
		const missing = join(folder, "onw");
		await expect(choosePipeline(missing, { version: 1, source }, ["a"], paths)).rejects.toMatchObject({
			outcome: "usage",
			text: {
				what: `${missing} does not contain a definition: it has no pipeline.yaml.`,
				why: "Folders beside it that have one: own.",
				fix: "Did you mean own? Choose a folder with a pipeline.yaml, or create one with init.",
				next: expect.stringContaining(`pipeline-cli init ${missing} `),
			},
		});
	});

	it("is refused with every mistake and its line", async ({ folder }) => {
		const own = await define(folder, "name: own\nsource: { schema: [crm] }\ntabels: {}\n");
		const choice = choosePipeline(own, undefined, undefined, localPaths(join(folder, "home")));
		await expect(choice).rejects.toMatchObject({
			outcome: "usage",
			text: {
				what: expect.stringMatching(/pipeline\.yaml has 2 mistakes, so the command did nothing\.$/),
				why: expect.stringMatching(/:2:11: .*Did you mean schemas\?[\s\S]*:3:1: .*Did you mean tables\?/),
			},
		});
	});
});
