import { join } from "node:path";
import { test as base } from "./fixtures.ts";
import { startMariaDb } from "./mariadb.ts";

/** A MariaDB for all tests of a file, and a connection to it; both end with the file. */
export const test = base
	.extend("server", { scope: "file" }, async ({ fileFolder }, { onCleanup }) => {
		const server = await startMariaDb(join(fileFolder, "mariadb"));
		onCleanup(() => server.stop());
		return server;
	})
	.extend("db", { scope: "file" }, ({ server }) => server.connect());

export const it = test;
