import type { DuckDBConnection } from "@duckdb/node-api";
import type { PipelineError } from "../../../common/errors.ts";
import { withDuckDb } from "../../duckdb/session.ts";
import type { QueryResult } from "../../port.ts";
import { type LocalPaths, lakeAccess } from "../shared/paths.ts";
import { sqlError, type UnknownTable } from "./sqlError.ts";
import { checkReads, readAnswer } from "./statement.ts";

/** Where a statement is asked: a DuckDB that reads the lake and nothing else. */
export interface LakeSession {
	paths: LocalPaths;
	signal: AbortSignal;
	/** A database file to read instead of an empty one in memory. */
	file?: string;
	/** Makes the tables ready that the statement may read. */
	prepare(connection: DuckDBConnection): Promise<unknown>;
	/** Says what there is instead of a table that the statement names. */
	unknownTable(table: UnknownTable): PipelineError;
	/** What a failure means that only this session knows of. */
	explain?(error: unknown): PipelineError | undefined;
}

/**
 * The answer to one statement, which may only read.
 * @param startedAt from when its seconds count.
 * @throws PipelineError for whoever wrote the statement.
 */
export function ask(sql: string, session: LakeSession, startedAt: number): Promise<QueryResult> {
	const { paths, signal, file, prepare, unknownTable, explain } = session;
	return withDuckDb(
		lakeAccess(paths),
		signal,
		async (connection) => {
			try {
				await checkReads(sql, connection);
				await prepare(connection);
				await connection.run("SET lock_configuration = true");
				return { ...(await readAnswer(sql, connection)), seconds: (performance.now() - startedAt) / 1000 };
			} catch (error) {
				throw explain?.(error) ?? sqlError(error, unknownTable);
			}
		},
		file,
	);
}
