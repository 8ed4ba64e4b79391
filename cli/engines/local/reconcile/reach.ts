import type { SourceAccess } from "../../mysql/access.ts";
import { connectionFault } from "../../mysql/connectionFault.ts";
import { inWords, isTransient } from "../replication/mysql/errors.ts";
import { Server } from "../replication/mysql/server.ts";

/**
 * Connects to the source for a command.
 * @throws PipelineError that names the server and says how to fix it.
 */
export async function reach(access: SourceAccess): Promise<Server> {
	try {
		return await Server.connect(access);
	} catch (error) {
		throw connectionFault(access, error);
	}
}

/**
 * Asks the source something on a connection of its own.
 * @throws PipelineError where the source cannot be reached, is lost meanwhile, or refuses the answer.
 */
export async function ask<T>(access: SourceAccess, question: (server: Server) => Promise<T>): Promise<T> {
	const server = await reach(access);
	try {
		return await question(server);
	} catch (error) {
		throw isTransient(error) ? connectionFault(access, error) : inWords(access, error);
	} finally {
		await server.close();
	}
}
