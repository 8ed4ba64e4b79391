import { access, mkdir, readdir, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect } from "vitest";
import { it } from "../../../tests/support/fixtures.ts";
import { PipelineError } from "../../common/errors.ts";
import { projectRoot } from "../../common/projectRoot.ts";
import { assertRemovable, removeStack } from "./host.ts";

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
		expect((await readdir(home)).sort()).toEqual(["local-two", "python", "python.lock"]);
		await removeStack(join(home, "local-two"));
		expect((await readdir(home)).sort()).toEqual(["python", "python.lock"]);
	});

	it("leaves what is not the stack's, and names it", async () => {
		await mkdir(join(home, "photos"));
		await writeFile(join(home, "sources.txt"), "mine");
		await expect(removeStack(home)).rejects.toMatchObject({
			outcome: "failure",
			text: { why: "It holds what is not the stack's: photos, sources.txt." },
		});
		expect((await readdir(home)).sort()).toEqual(["photos", "sources.txt"]);
	});
});
