import { type DuckDBConnection, type DuckDBPreparedStatement, StatementType } from "@duckdb/node-api";
import { PipelineError } from "../../../common/errors.ts";
import { fromDuckDb } from "../../duckdb/columnTypes.ts";
import { toPlain } from "../../duckdb/values.ts";
import type { QueryResult } from "../../port.ts";

/** Words that begin a statement which is not a query. Any other word is a syntax error, which DuckDB explains better. */
const otherStatements = new Set(
	(
		"INSERT UPDATE DELETE MERGE TRUNCATE CREATE ALTER DROP COMMENT COPY EXPORT IMPORT UNLOAD ATTACH DETACH USE SET RESET " +
		"PRAGMA CALL INSTALL LOAD VACUUM ANALYZE CHECKPOINT OPTIMIZE MSCK BEGIN START COMMIT ROLLBACK PREPARE EXECUTE " +
		"DEALLOCATE GRANT REVOKE"
	).split(" "),
);

const blank = String.raw`(?:\s|--[^\n]*(?:\n|$)|/\*[\s\S]*?\*/)`;
const leading = new RegExp(`^(?:${blank}|[(;])*`);
const explainPrefix = new RegExp(
	String.raw`^${blank}*EXPLAIN${blank}+(?:ANALYZE${blank}+)?(?:\(\s*(?:FORMAT|ANALYZE)\b[^)]*\)${blank}*)?`,
	"i",
);

/**
 * Refuses what is not a single statement that reads, before any table is opened.
 * @throws PipelineError saying what to do instead; DuckDB's Error where the SQL has a syntax error.
 */
export async function checkReads(sql: string, connection: DuckDBConnection): Promise<void> {
	const body = sql.replace(leading, "");
	if (body === "") {
		throw new PipelineError("usage", {
			what: "No statement was given.",
			fix: "Write one, or run a named query.",
			next: "pipeline-cli query --list",
		});
	}
	const word = /^[a-z]*/i.exec(body)?.[0].toUpperCase() ?? "";
	if (otherStatements.has(word)) throw refused(word);
	const { count } = await connection.extractStatements(sql);
	if (count > 1) {
		throw new PipelineError("usage", {
			what: `The query has ${count} statements; only one is allowed.`,
			fix: "Run them one at a time.",
		});
	}
}

/**
 * Prepares a statement and makes sure, by what DuckDB understood, that it only reads.
 * @throws PipelineError where it does not; DuckDB's Error where it cannot be prepared.
 */
async function prepareReading(sql: string, connection: DuckDBConnection): Promise<DuckDBPreparedStatement> {
	const statement = await connection.prepare(sql);
	if (statement.statementType === StatementType.SELECT) return statement;
	if (statement.statementType === StatementType.EXPLAIN) {
		// EXPLAIN ANALYZE runs what it explains, so that must be a statement that reads as well.
		const explained = sql.replace(explainPrefix, "");
		if (explained !== sql && (await typeOf(explained, connection)) === StatementType.SELECT) return statement;
		throw refused("EXPLAIN of a writing statement");
	}
	throw refused(StatementType[statement.statementType] ?? "this statement");
}

/** The answer to a statement that reads. Types of columns are named as in the catalog. */
export async function readAnswer(
	sql: string,
	connection: DuckDBConnection,
): Promise<Pick<QueryResult, "columns" | "rows">> {
	const reader = await (await prepareReading(sql, connection)).runAndReadAll();
	const types = reader.columnTypes();
	return {
		columns: reader.columnNames().map((name, at) => {
			const type = types[at];
			return { name, type: type === undefined ? "string" : fromDuckDb(type) };
		}),
		rows: reader.getRows().map((row) => row.map(toPlain)),
	};
}

async function typeOf(sql: string, connection: DuckDBConnection): Promise<StatementType | undefined> {
	try {
		const statement = await connection.prepare(sql);
		return statement.statementType;
	} catch {
		return undefined;
	}
}

function refused(what: string): PipelineError {
	return new PipelineError("usage", {
		what: `${what} is not allowed: queries only read.`,
		why: "Only replication and the jobs write the lake.",
		fix: "Use SELECT, WITH, VALUES, SHOW TABLES, DESCRIBE or EXPLAIN. Change data at the source.",
	});
}
