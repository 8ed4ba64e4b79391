import { PipelineError } from "../../common/errors.ts";
import type { Check, Context, LocalHost, PrivateSource } from "../../engines/port.ts";
import { passwordFromTerminal } from "./sourcePassword.ts";

export interface SourceChoice {
	sourceUrl: string | undefined;
	sourceCa: string | undefined;
	schema: string[] | undefined;
	pipeline: string | undefined;
	port: number | undefined;
}

export type StartedSource =
	| ({ kind: "private" } & PrivateSource)
	| { kind: "external"; address: string; checks: Check[] };

/** Starts the private MariaDB, or checks and takes a server of the user's own. @param command that does it. */
export async function startSource(
	command: "up" | "source up",
	host: LocalHost,
	{ sourceUrl, sourceCa, schema: schemas, pipeline, port }: SourceChoice,
	interactive: boolean,
	context: Context,
): Promise<StartedSource> {
	const server = await host.chosenServer(sourceUrl, sourceCa);
	if (server === undefined) {
		return { kind: "private", ...(await host.startPrivateSource(context, { pipeline, port, schemas })) };
	}
	if (port !== undefined) {
		throw new PipelineError("usage", {
			what: "--port applies only to the private MariaDB.",
			fix: "Leave it out: the port of your own server belongs in the URL.",
		});
	}
	const askPassword = (): Promise<string> => passwordFromTerminal(server, interactive, context.signal);
	return { kind: "external", ...(await host.useServer(context, { pipeline, server, schemas, command, askPassword })) };
}
