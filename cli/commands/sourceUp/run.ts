import type { Run } from "../../command.ts";
import { PipelineError } from "../../common/errors.ts";
import { describeChecks } from "../shared/checks.ts";
import { passwordFromTerminal } from "../shared/sourcePassword.ts";
import type { definition } from "./definition.ts";

/** `source up`: the private MariaDB, or a server of the user's own. */
export const run: Run<typeof definition> = async ({ options, localHost, interactive, context }) => {
	const { pipeline, port, schema: schemas } = options;
	const host = await localHost();
	const server = await host.chosenServer(options.sourceUrl);
	if (server === undefined) {
		const result = await host.startPrivateSource(context, { pipeline, port, schemas });
		return { json: result, text: `The private MariaDB at ${result.address}: ${result.action}.` };
	}
	if (port !== undefined) {
		throw new PipelineError("usage", {
			what: "--port is the port of the private MariaDB.",
			fix: "Leave it out with a server of your own, whose port is in the URL.",
		});
	}
	const askPassword = (): Promise<string> => passwordFromTerminal(server, interactive, context.signal);
	const result = await host.useServer(context, { pipeline, server, schemas, askPassword });
	return {
		json: result,
		text: `${describeChecks(result.checks)}\n\nThe source is ${result.address}.`,
	};
};
