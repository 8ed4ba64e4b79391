import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { it } from "../../../../../tests/support/fixtures.ts";
import { serverIdOf } from "./serverId.ts";

it("is a stack's own at every start, and no other's in a folder of the same path", async ({ folder }) => {
	const home = join(folder, "home");
	await mkdir(home);
	const first = serverIdOf(home);
	expect(serverIdOf(home)).toBe(first);
	await rename(home, join(folder, "away"));
	await mkdir(home);
	expect(serverIdOf(home)).not.toBe(first);
	// 32 bits without the sign, above those that people give their servers.
	for (const id of [first, serverIdOf(home)]) expect([id >= 2 ** 30, id < 2 ** 31 - 1]).toEqual([true, true]);
});
