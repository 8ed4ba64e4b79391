import type { Run } from "../../command.ts";
import { stackLine } from "../../ui/stackLine.ts";
import { describeStatus } from "../shared/replication.ts";
import type { definition } from "./definition.ts";

/** `replication status`: state, progress and latency. */
export const run: Run<typeof definition> = async ({ stack }) => {
	const found = await stack();
	const status = await (await found.replication()).status();
	return {
		json: status,
		text: `${describeStatus(status)}\n${stackLine(found.name)}`,
		...(status.state === "failed" ? { outcome: "failure" } : {}),
	};
};
