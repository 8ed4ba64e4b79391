import { execFile } from "node:child_process";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "vitest";
import { it } from "../../../../tests/support/fixtures.ts";
import { makeHome } from "./home.ts";

const run = promisify(execFile);

it("a stack's folder is its owner's alone, and git does not see it", async ({ folder }) => {
	await run("git", ["init", "--quiet"], { cwd: folder });
	const home = join(folder, "data", ".pipeline");
	await makeHome(home);
	await writeFile(join(home, "stack.json"), "{}");
	expect((await stat(home)).mode & 0o777).toBe(0o700);
	const { stdout } = await run("git", ["status", "--porcelain", "--untracked-files=all"], { cwd: folder });
	expect(stdout).toBe("");
});

it("what the user has said there to git stays", async ({ folder }) => {
	await writeFile(join(folder, ".gitignore"), "lake/\n");
	await makeHome(folder);
	expect(await readFile(join(folder, ".gitignore"), "utf8")).toBe("lake/\n");
});
