import type { Run } from "../../command.ts";
import type { definition } from "./definition.ts";

/** `source down`: stops the private MariaDB. */
export const run: Run<typeof definition> = async ({ localHost, context }) => {
	const host = await localHost();
	await host.requireStack();
	const state = await host.stopSource(context);
	const text = {
		stopped: "The private MariaDB is stopped; its data stays.",
		"not running": "The private MariaDB is not running.",
		"not ours": "The source is a server of your own; it is left as it is.",
	}[state];
	return { json: { state }, text };
};
