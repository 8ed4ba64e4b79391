import { access, mkdir, readdir, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, vi } from "vitest";
import { it } from "../../../tests/support/fixtures.ts";
import { PipelineError } from "../../common/errors.ts";
import { projectRoot } from "../../common/projectRoot.ts";
import { assertRemovable, LocalHostEngine, removeStack } from "./host.ts";

it("a stack that was named wrongly is refused with those that exist; what a removal has left is one", async ({
	folder,
}) => {
	vi.stubEnv("PIPELINE_HOME", folder);
	const hosts = ["local", "local-typo"].map((name) => new LocalHostEngine(name));
	await hosts[0]?.requireStack();
	const refused = { outcome: "noSuchStack", text: { why: "Stacks that exist: none.", next: "pipeline-cli demo" } };
	await expect(hosts[1]?.requireStack()).rejects.toMatchObject(refused);
	for (const name of ["local-two", "local-three"]) {
		await mkdir(join(folder, name));
		await writeFile(join(folder, name, "stack.json"), "");
	}
	await expect(hosts[1]?.requireStack()).rejects.toMatchObject({
		text: { what: "The stack local-typo does not exist.", why: "Stacks that exist: local-three, local-two." },
	});
	await mkdir(join(folder, "local-typo"));
	await hosts[1]?.requireStack();
});

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
});
