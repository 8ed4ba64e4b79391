import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { makeStack, type TestStack } from "./replicator.ts";
import { test as base } from "./serverFixtures.ts";
import { makeShop } from "./shop.ts";

/** Makes stacks of some schemas, each in a folder of its own. */
export type MakeStack = (...schemas: string[]) => Promise<TestStack>;

function stackMaker(folder: string, port: number, onCleanup: (end: () => Promise<void>) => void): MakeStack {
	const stacks: TestStack[] = [];
	onCleanup(async () => {
		for (const stack of stacks) await stack.close();
	});
	return async (...schemas) => {
		const home = join(folder, `stack-${stacks.length + 1}`);
		await mkdir(home);
		const stack = await makeStack(home, port, schemas);
		stacks.push(stack);
		return stack;
	};
}

/** Stacks that replicate from the file's server. Their replicators end before their folders go. */
export const test = base
	.extend("stackOf", ({ folder, server }, { onCleanup }) => stackMaker(folder, server.port, onCleanup))
	/** The same, for what a file sets up once. */
	.extend("fileStackOf", { scope: "file" }, ({ fileFolder, server }, { onCleanup }) =>
		stackMaker(fileFolder, server.port, onCleanup),
	)
	/** A schema of the test's own, which is that of `db` from then on, and its stack. */
	.extend("shop", ({ db, stackOf }) => makeShop(db, stackOf));
