import type { Run } from "../../command.ts";
import { stackLine } from "../../ui/stackLine.ts";
import type { definition } from "./definition.ts";

/** `replication stop`: once the open batch is written. */
export const run: Run<typeof definition> = async ({ stack, context }) => {
	const found = await stack();
	const outcome = await (await found.replication()).stop(context);
	const said = outcome === "stopped" ? "Replication stopped." : "Replication was not running.";
	return { json: { outcome }, text: `${said}\n${stackLine(found.name)}` };
};
