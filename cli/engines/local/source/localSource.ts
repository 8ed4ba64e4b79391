import { PipelineError } from "../../../common/errors.ts";
import { addressOf } from "../../mysql/access.ts";
import { runChecks } from "../../mysql/checks.ts";
import { connect } from "../../mysql/connection.ts";
import { countRows, serverVersion } from "../../mysql/server.ts";
import type { Check, Source, SourceConnection, SourceStatus } from "../../port.ts";
import { type LocalPaths, localPaths } from "../shared/paths.ts";
import { readSettings, sourceAccess } from "../shared/settings.ts";
import { serverProcess } from "./privateServer.ts";

/** The source of the local stack: its private MariaDB, or a server of the user's own. */
export class LocalSource implements Source {
	readonly #paths: LocalPaths;

	constructor(paths: LocalPaths = localPaths()) {
		this.#paths = paths;
	}

	async status(): Promise<SourceStatus> {
		const access = await sourceAccess(this.#paths);
		const address = addressOf(access);
		let connection: SourceConnection;
		try {
			connection = await connect(access);
		} catch (error) {
			if (!(error instanceof PipelineError)) throw error;
			const isPrivate = (await readSettings(this.#paths))?.source.kind === "private";
			if (isPrivate && (await serverProcess(this.#paths)) === undefined) return { state: "stopped", address };
			return { state: "unreachable", address, problem: error.text };
		}
		try {
			return {
				state: "running",
				address,
				version: await serverVersion(connection),
				schemas: await countRows(connection, access.schemas),
			};
		} finally {
			await connection.close();
		}
	}

	async checks(): Promise<Check[]> {
		const access = await sourceAccess(this.#paths);
		const connection = await connect(access);
		try {
			return await runChecks(connection, access);
		} finally {
			await connection.close();
		}
	}

	async connect(): Promise<SourceConnection> {
		return connect(await sourceAccess(this.#paths));
	}
}
