import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectOf } from "./projectRoot.ts";

let root: string;
beforeAll(async () => {
	root = await realpath(await mkdtemp(join(tmpdir(), "project-")));
	for (const folder of ["team/pipelines/shop2", "team/data/pipelines", "elsewhere"]) {
		await mkdir(join(root, folder), { recursive: true });
	}
	await writeFile(join(root, "team/data/Pulumi.yaml"), "");
});
afterAll(() => rm(root, { recursive: true }));

describe("the project that a program serves", () => {
	it("is the clone itself, wherever it is called from", () => {
		expect(projectOf("/home/me/clone", join(root, "team/data"))).toBe("/home/me/clone");
	});

	it("has installed it", () => {
		const tool = join(root, "team/node_modules/analytics-pipeline");
		expect(projectOf(tool, join(root, "team"))).toBe(join(root, "team"));
		expect(projectOf(tool, join(root, "team/pipelines/shop2"))).toBe(join(root, "team"));
	});

	it("is the same for a package manager that keeps packages elsewhere in node_modules", () => {
		const tool = join(root, "team/node_modules/.pnpm/analytics-pipeline@1.0.0/node_modules/analytics-pipeline");
		expect(projectOf(tool, join(root, "team"))).toBe(join(root, "team"));
	});

	it("is the next folder upwards with a Pulumi.yaml", () => {
		const tool = join(root, "team/node_modules/analytics-pipeline");
		expect(projectOf(tool, join(root, "team/data/pipelines"))).toBe(join(root, "team/data"));
	});

	it("is where it is called, for a program that is installed for all projects", () => {
		expect(projectOf("/usr/lib/node_modules/analytics-pipeline", join(root, "elsewhere"))).toBe(
			join(root, "elsewhere"),
		);
	});
});
