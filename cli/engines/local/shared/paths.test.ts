import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { afterEach, expect, vi } from "vitest";
import { it } from "../../../../tests/support/fixtures.ts";
import { projectRoot } from "../../../common/projectRoot.ts";
import { folderUri, isLocalStack, localPaths, localStacks, stackPaths } from "./paths.ts";

afterEach(() => {
	vi.unstubAllEnvs();
});

it("is .pipeline in the project, or the folder of PIPELINE_HOME", () => {
	vi.stubEnv("PIPELINE_HOME", undefined);
	expect(localPaths().home).toBe(`${projectRoot}/.pipeline`);
	vi.stubEnv("PIPELINE_HOME", "/srv/pipeline");
	expect(localPaths().raw).toBe("/srv/pipeline/lake/raw");
});

it.each(["/srv/my data", "/srv/100%", "/srv/größe"])("refuses %s, which reads otherwise in a URI", (home) => {
	vi.stubEnv("PIPELINE_HOME", home);
	expect(() => localPaths()).toThrowError(
		expect.objectContaining({
			outcome: "usage",
			text: expect.objectContaining({ what: expect.stringContaining(home) }),
		}),
	);
});

it("gives a folder as a URI", () => {
	expect(folderUri("/srv/pipeline/lake/raw")).toBe("file:///srv/pipeline/lake/raw/");
});

it("has a folder of its own for a stack beside `local`, and one Python environment for all", async ({ folder }) => {
	vi.stubEnv("PIPELINE_HOME", folder);
	expect(stackPaths("local")).toEqual(localPaths(folder));
	const two = stackPaths("local-two");
	expect([two.home, two.settings, two.python]).toEqual([
		`${folder}/local-two`,
		`${folder}/local-two/stack.json`,
		`${folder}/python`,
	]);
	await mkdir(dirname(two.settings));
	await mkdir(`${folder}/local-empty`);
	await writeFile(two.settings, "{}");
	expect(await localStacks()).toEqual(["local-two"]);
	await writeFile(localPaths(folder).settings, "{}");
	expect(await localStacks()).toEqual(["local", "local-two"]);
});

it.each([
	["local", true],
	["local-shop2", true],
	["dev", false],
	["localhost", false],
])("knows by its name whether %s is on this machine: %s", (name, expected) => {
	expect(isLocalStack(name)).toBe(expected);
});

it.each(["local-", "local-../x", "local-Shop", "local-a b"])("refuses the name %s", (name) => {
	expect(() => isLocalStack(name)).toThrow("A local stack cannot be named");
});
