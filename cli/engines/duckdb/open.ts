import { type DuckDBConnection, DuckDBInstance, ResultReturnType } from "@duckdb/node-api";
import dataAccessors from "@duckdb/node-api/lib/vectors/dataAccessors.js";
import { messageOf } from "../../common/errors.ts";
import { isLogging, log, millisecondsSince, shownStatement } from "../../common/log.ts";

// Its own one takes U+FEFF at the beginning of a text for a byte order mark, and loses it.
Object.assign(dataAccessors, { textDecoder: new TextDecoder("utf-8", { ignoreBOM: true }) });

/** A DuckDB in this process, with one connection and more where they are wanted. */
export interface OpenDuckDb {
	connection: DuckDBConnection;
	connect(): Promise<DuckDBConnection>;
	close(): void;
}

/** @param options DuckDB's own settings. */
export async function openDuckDb(file = ":memory:", options: Record<string, string> = {}): Promise<OpenDuckDb> {
	const instance = await DuckDBInstance.create(file, options);
	const connections: DuckDBConnection[] = [];
	const connect = async (): Promise<DuckDBConnection> => {
		const connection = await instance.connect();
		connections.push(connection);
		if (isLogging()) observe(connection);
		return connection;
	};
	return {
		connection: await connect(),
		connect,
		close() {
			for (const connection of connections) connection.closeSync();
			instance.closeSync();
		},
	};
}

/** What is known of a statement's result. */
interface Answer {
	returnType: ResultReturnType;
	rowCount: number;
	rowsChanged: number;
}

/** Has every statement leave a line in the log. The other methods of a connection call these. */
function observe(connection: DuckDBConnection): void {
	const run = connection.run.bind(connection);
	connection.run = (sql, values, types) => logged(sql, () => run(sql, values, types), rowsOf);
	const stream = connection.stream.bind(connection);
	connection.stream = (sql, values, types) => logged(sql, () => stream(sql, values, types));
	const prepare = connection.prepare.bind(connection);
	connection.prepare = async (sql) => {
		const statement = await prepare(sql);
		const runPrepared = statement.run.bind(statement);
		statement.run = () => logged(sql, runPrepared, rowsOf);
		return statement;
	};
}

async function logged<R>(sql: string, work: () => Promise<R>, rows?: (result: R) => number | undefined): Promise<R> {
	const start = performance.now();
	try {
		const result = await work();
		const count = rows?.(result);
		log({ event: "duckdb", sql: shownStatement(sql), ms: millisecondsSince(start), rows: count });
		return result;
	} catch (error) {
		// DuckDB's messages begin with the kind of error, and go on with parts of the statement.
		const [kind] = /^\w+ Error/.exec(messageOf(error)) ?? ["Error"];
		log({ event: "duckdb", sql: shownStatement(sql), ms: millisecondsSince(start), error: kind });
		throw error;
	}
}

function rowsOf({ returnType, rowCount, rowsChanged }: Answer): number | undefined {
	if (returnType === ResultReturnType.QUERY_RESULT) return rowCount;
	return returnType === ResultReturnType.CHANGED_ROWS ? rowsChanged : undefined;
}
