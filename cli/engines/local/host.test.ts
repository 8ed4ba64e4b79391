import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, vi } from "vitest";
import { it } from "../../../tests/support/fixtures.ts";
import { LocalHostEngine } from "./host.ts";

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
