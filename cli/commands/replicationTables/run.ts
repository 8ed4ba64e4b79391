import type { Run } from "../../command.ts";
import { stackLine } from "../../ui/stackLine.ts";
import { describeTables } from "../shared/replication.ts";
import type { definition } from "./definition.ts";

/** `replication tables`: the statistics of every table. */
export const run: Run<typeof definition> = async ({ stack }) => {
	const found = await stack();
	const tables = await (await found.replication()).tables();
	return { json: { tables }, text: `${describeTables(tables)}\n${stackLine(found.name)}` };
};
