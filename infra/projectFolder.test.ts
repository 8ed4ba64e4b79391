import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as state from "@pulumi/pulumi/runtime/state.js";
import { afterAll, beforeAll, expect, it } from "vitest";
import { definitionPath, projectPath, readProjectFile, toolPath } from "./projectFolder.ts";

let project: string;
let before: string | undefined;
// Not among its types.
const { getStore } = state as unknown as { getStore: () => { settings: { options: { rootDirectory?: string } } } };
const { options } = getStore().settings;
beforeAll(async () => {
	project = await realpath(await mkdtemp(join(tmpdir(), "project-")));
	await mkdir(join(project, "pipelines/lending"), { recursive: true });
	await writeFile(join(project, "source-ca.pem"), "PEM");
	before = options.rootDirectory;
	Object.assign(options, { rootDirectory: project });
});
afterAll(async () => {
	Object.assign(options, { rootDirectory: before });
	await rm(project, { recursive: true });
});

it("a configured path is the project's, wherever the program runs", () => {
	expect(projectPath("source-ca.pem")).toBe(join(project, "source-ca.pem"));
	expect(readProjectFile("sourceCaCertificateFile", "source-ca.pem")).toBe("PEM");
	expect(projectPath("/etc/ca.pem")).toBe("/etc/ca.pem");
});

it("a file that is not there is an error that names its key", () => {
	expect(() => readProjectFile("sourceCaCertificateFile", "none.pem")).toThrow(
		/^sourceCaCertificateFile: "none\.pem" cannot be read \(ENOENT.*\)\. Write the file's path from the project's folder/,
	);
});

it("a definition is the project's, or the sample shop where the project has none", () => {
	expect(definitionPath("pipelines/lending")).toBe(join(project, "pipelines/lending"));
	expect(definitionPath("pipelines/shop")).toBe(toolPath("pipelines/shop"));
	// So that the error names where it was looked for.
	expect(definitionPath("pipelines/none")).toBe(join(project, "pipelines/none"));
});
