import type { Run } from "../../command.ts";
import { PipelineError } from "../../common/errors.ts";
import type { ExternalServer } from "../../engines/port.ts";
import { askSecret } from "../../ui/askSecret.ts";
import { describeChecks } from "../shared/checks.ts";
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

async function passwordFromTerminal(
	server: ExternalServer,
	interactive: boolean,
	signal: AbortSignal,
): Promise<string> {
	if (interactive) return askSecret(`Password of ${server.user} at ${server.host}: `, signal);
	throw new PipelineError("usage", {
		what: `The password of ${server.user} at ${server.host} is not known.`,
		why: "There is no terminal to ask at.",
		fix: "Put it into PIPELINE_SOURCE_PASSWORD, or the whole URL into PIPELINE_SOURCE_URL.",
	});
}
