import { access, lstat, mkdir, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { describe, expect } from "vitest";
import { it } from "../../../tests/support/fixtures.ts";
import { PipelineError } from "../../common/errors.ts";
import { projectRoot } from "../../common/projectRoot.ts";
import { assertRemovable, removeStack } from "./removeStack.ts";

it.each([projectRoot, dirname(projectRoot), homedir(), "/"])("does not let %s be removed as a stack", (folder) => {
	expect(() => assertRemovable(folder)).toThrow(PipelineError);
});

it.each([join(projectRoot, ".pipeline"), join(homedir(), "stacks", "a"), "/srv/pipeline"])(
	"lets %s be removed",
	(folder) => {
		expect(() => assertRemovable(folder)).not.toThrow();
	},
);

describe("removing a stack", () => {
	let home: string;

	it.beforeEach(async ({ folder }) => {
		home = folder;
		for (const folder of ["lake/raw", "source", "python", ".duckdb-1"])
			await mkdir(join(home, folder), { recursive: true });
		await writeFile(join(home, ".gitignore"), "*\n");
		for (const file of ["stack.json", "python.lock", "warehouse.duckdb.wal"]) await writeFile(join(home, file), "");
	});

	it("takes its folder along", async () => {
		await removeStack(home);
		await expect(access(home)).rejects.toThrow("ENOENT");
		await removeStack(home);
	});

	it("leaves the stacks beside it, and the environment that they share", async () => {
		await mkdir(join(home, "local-two", "lake"), { recursive: true });
		await removeStack(home, ["local-two"]);
		expect((await readdir(home)).sort()).toEqual([".gitignore", "local-two", "python", "python.lock"]);
		await removeStack(join(home, "local-two"));
		expect((await readdir(home)).sort()).toEqual([".gitignore", "python", "python.lock"]);
	});

	it("leaves what is not the stack's, and names it", async () => {
		await mkdir(join(home, "photos"));
		await writeFile(join(home, "sources.txt"), "mine");
		await writeFile(join(home, ".gitignore"), "photos/\n");
		await expect(removeStack(home)).rejects.toMatchObject({
			outcome: "failure",
			text: { why: "It contains files that do not belong to the stack: .gitignore, photos, sources.txt." },
		});
		expect((await readdir(home)).sort()).toEqual([".gitignore", "photos", "sources.txt"]);
	});

	it("that is reached by a link is removed itself, not the link alone", async ({ folder }) => {
		const link = join(folder, "..", `${basename(folder)}-link`);
		await symlink(folder, link);
		await removeStack(link);
		await expect(access(folder)).rejects.toThrow("ENOENT");
		await expect(lstat(link)).rejects.toThrow("ENOENT");
		await symlink(projectRoot, link);
		await expect(removeStack(link)).rejects.toMatchObject({ outcome: "usage" });
		await rm(link);
	});

	it("names what its own links lead to, which stays", async ({ folder }) => {
		const disk = join(folder, "..", `${basename(folder)}-disk`);
		await rename(join(folder, "lake"), disk);
		await symlink(disk, join(folder, "lake"));
		await expect(removeStack(folder)).rejects.toMatchObject({
			outcome: "failure",
			text: { why: expect.stringContaining(`${join(folder, "lake")} -> ${disk}.`) },
		});
		await expect(access(folder)).rejects.toThrow("ENOENT");
		expect(await readdir(disk)).toEqual(["raw"]);
		await rm(disk, { recursive: true });
	});
});
