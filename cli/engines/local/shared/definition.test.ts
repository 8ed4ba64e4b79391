import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { it } from "../../../../tests/support/fixtures.ts";
import { choosePipeline, stackDefinition } from "./definition.ts";
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

	it("is refused with every mistake and its line", async ({ folder }) => {
		const own = await define(folder, "name: own\nsource: { schema: [crm] }\ntabels: {}\n");
		const choice = choosePipeline(own, undefined, undefined, localPaths(join(folder, "home")));
		await expect(choice).rejects.toMatchObject({
			outcome: "usage",
			text: {
				what: expect.stringMatching(/pipeline\.yaml has 2 mistakes, so nothing was done\.$/),
				why: expect.stringMatching(/:2:11: .*Did you mean schemas\?[\s\S]*:3:1: .*Did you mean tables\?/),
			},
		});
	});
});
