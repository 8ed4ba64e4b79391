import { test as base } from "./fixtures.ts";
import { startSource } from "./servers/source.ts";

/** A database server for all tests of a file, and a connection to it; both end with the file. */
export const test = base
	/** More settings of the server's, as `name=value`. */
	.extend("settings", { scope: "file" }, (): readonly string[] => [])
	.extend("server", { scope: "file" }, async ({ fileFolder, settings }, { onCleanup }) => {
		const server = await startSource(`${fileFolder}/server`, settings);
		onCleanup(() => server.stop());
		return server;
	})
	.extend("db", { scope: "file" }, ({ server }) => server.connect());

export const it = test;
