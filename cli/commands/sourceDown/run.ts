import type { Run } from "../../command.ts";
import type { definition } from "./definition.ts";

/** `source down`: stops the private MariaDB. */
export const run: Run<typeof definition> = async ({ localHost, context }) => {
	const host = await localHost();
	await host.requireStack();
	const state = await host.stopSource(context);
	const text = {
		stopped: "Stopped the private MariaDB; its data is kept.",
		"not running": "The private MariaDB is not running.",
		"not ours": "The source is your own server; it was left unchanged.",
	}[state];
	return { json: { state }, text };
};
