import type { Run } from "../../command.ts";
import { describeChecks } from "../shared/checks.ts";
import { startSource } from "../shared/startSource.ts";
import type { definition } from "./definition.ts";

/** `source up`: the private MariaDB, or a server of the user's own. */
export const run: Run<typeof definition> = async ({ options, localHost, interactive, context }) => {
	const { kind, ...result } = await startSource("source up", await localHost(), options, interactive, context);
	if ("action" in result) {
		return { json: result, text: `The private MariaDB at ${result.address}: ${result.action}.` };
	}
	return { json: result, text: `${describeChecks(result.checks)}\n\nThe source is ${result.address}.` };
};
