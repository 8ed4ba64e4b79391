import { PipelineError } from "../../common/errors.ts";
import type { ExternalServer } from "../../engines/port.ts";
import { askSecret } from "../../ui/askSecret.ts";

/** Asks for the password of a server's user, where somebody can be asked. */
export async function passwordFromTerminal(
	server: ExternalServer,
	interactive: boolean,
	signal: AbortSignal,
): Promise<string> {
	if (interactive) return askSecret(`Password of ${server.user} at ${server.host}: `, signal);
	throw new PipelineError("usage", {
		what: `The password of ${server.user} at ${server.host} is missing.`,
		why: "Without a terminal, the command cannot ask for it.",
		fix: "Set PIPELINE_SOURCE_PASSWORD to the password, or PIPELINE_SOURCE_URL to the whole URL.",
	});
}
