import { createServer, type Server } from "node:net";
import type { Connection } from "mysql2/promise";
import { PipelineError } from "../../cli/common/errors.ts";
import { endProcess } from "../../cli/common/process/processIdentity.ts";
import type { LocalPaths } from "../../cli/engines/local/shared/paths.ts";
import { sourceAccess } from "../../cli/engines/local/shared/settings.ts";
import { serverProcess } from "../../cli/engines/local/source/privateServer.ts";
import { stopSource } from "../../cli/engines/local/source/up.ts";
import { openClient } from "../../cli/engines/mysql/connection.ts";
import { testContext } from "./context.ts";

/** Ends the private source of a stack, also one that does not answer. */
export async function endPrivateSource(paths: LocalPaths): Promise<void> {
	await stopSource(testContext(), paths).catch(() => undefined);
	const server = await serverProcess(paths);
	if (server !== undefined) await endProcess(server, "", 0);
}

/** The error that work ends with; any other outcome is thrown. */
export async function refusal(work: Promise<unknown>): Promise<PipelineError> {
	try {
		await work;
	} catch (error) {
		if (error instanceof PipelineError) return error;
		throw error;
	}
	throw new Error("nothing was refused");
}

/** A connection to the source of a stack. */
export async function client(paths: LocalPaths): Promise<Connection> {
	return openClient(await sourceAccess(paths));
}

/** Takes a port of the loopback; 0 for a free one. */
export function listen(port: number): Promise<Server> {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.once("error", reject);
		server.listen(port, "127.0.0.1", () => resolve(server));
	});
}
