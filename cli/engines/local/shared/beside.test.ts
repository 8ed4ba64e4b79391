import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, vi } from "vitest";
import { it } from "../../../../tests/support/fixtures.ts";
import { type Asked, commandBeside, freeStack } from "./beside.ts";
import { stackPaths } from "./paths.ts";
import { type LocalSettings, writeSettings } from "./settings.ts";

const source: LocalSettings["source"] = {
	kind: "private",
	host: "127.0.0.1",
	port: 3306,
	user: "u",
	tls: "DISABLED" as const,
	schemas: ["a"],
};
const server = { host: "db.example.com", port: 3306, user: "me", password: "secret", tls: "DISABLED" as const };
const url = "'mysql://me@db.example.com:3306/?ssl-mode=DISABLED'";

it.beforeEach(async ({ folder }) => {
	vi.stubEnv("PIPELINE_HOME", join(folder, "home"));
	await mkdir(join(folder, "in a folder"));
	await writeFile(join(folder, "in a folder", "pipeline.yaml"), "name: own\nsource: { schemas: [crm] }\n");
});

it.for<[string, (own: string) => Asked, boolean, string]>([
	["the private server, of the sample", () => ({}), false, "local-shop"],
	["another server, of the sample", () => ({ server }), false, `local-shop --source-url ${url}`],
	[
		"another server, of the stack's own pipeline",
		() => ({ server }),
		true,
		`local-own --pipeline OWN --source-url ${url}`,
	],
	["another pipeline", (pipeline) => ({ pipeline }), false, "local-own --pipeline OWN"],
	["the sample in a stack of another pipeline", () => ({ pipeline: "pipelines/shop" }), true, "local-shop"],
	[
		"the schema of a URL",
		() => ({ server: { ...server, schema: "crm" } }),
		false,
		`local-shop --source-url ${url} --schema crm`,
	],
	[
		"all of it",
		(pipeline) => ({ pipeline, server, schemas: ["crm", "my crm"] }),
		false,
		`local-own --pipeline OWN --source-url ${url} --schema crm --schema 'my crm'`,
	],
])("keeps this stack and starts %s", async ([, asked, runsOwn, words], { folder }) => {
	const own = join(folder, "in a folder");
	const current: LocalSettings = { version: 1, source, ...(runsOwn && { pipeline: own }) };
	const command = await commandBeside(asked(own), current);
	expect(command).toBe(`pipeline-cli up --stack ${words.replace("OWN", `'${own}'`)}`);
	expect(command).not.toContain("secret");
});

it("names the folder in which the user is, and a stack also where the definition has a mistake", async ({ folder }) => {
	const own = join(folder, "in a folder");
	vi.spyOn(process, "cwd").mockReturnValue(own);
	expect(await commandBeside({ pipeline: "." }, undefined)).toBe("pipeline-cli up --stack local-own --pipeline .");
	await writeFile(join(own, "pipeline.yaml"), "name: [\n");
	expect(await commandBeside({ pipeline: "." }, undefined)).toBe(
		"pipeline-cli up --stack local-in-a-folder --pipeline .",
	);
});

it("names a stack that is not there yet, whatever the pipeline is called", async () => {
	expect(await freeStack("shop")).toBe("local-shop");
	for (const name of ["local-shop", "local-shop-2"]) await writeSettings({ version: 1, source }, stackPaths(name));
	expect(await freeStack("shop")).toBe("local-shop-3");
	expect(await freeStack("__My Shop__")).toBe("local-my-shop");
	expect(await freeStack("é")).toBe("local-own");
	// Every name is one that a stack may have.
	for (const name of ["a".repeat(99), `${"a".repeat(35)}-b`]) stackPaths(await freeStack(name));
	expect(await freeStack(`${"a".repeat(35)}-b`)).toBe(`local-${"a".repeat(35)}`);
});
