import { asWritten } from "../model/storedName.ts";
import type { TableName } from "../model/tableName.ts";
import { type AlterStatement, alter, alterOf, keyChange } from "./alter.ts";
import { SqlReader } from "./sqlReader.ts";
import { tokenize } from "./sqlTokens.ts";

/** A statement of the binlog, as far as replication must know it. */
export type Statement =
	| { kind: "begin" | "commit" | "rollback" | "rollbackTo" | "xaStart" }
	| { kind: "xaCommit" | "xaRollback"; xid: string }
	| { kind: "create"; table: TableName; replaces: boolean; mayExist: boolean }
	| { kind: "drop"; tables: TableName[] }
	| { kind: "dropSchema"; schema: string }
	| { kind: "truncate"; table: TableName }
	| { kind: "rename"; pairs: { from: TableName; to: TableName }[] }
	| AlterStatement
	/** Rows that could not be read may be gone, or be back, without an event. */
	| { kind: "repair"; tables: TableName[] }
	/** What users may read may have changed. */
	| { kind: "rights" }
	/** Rows may have been changed by a statement and not by row events, of tables that it need not name. */
	| { kind: "data" }
	| { kind: "other" };

const other: Statement = { kind: "other" };
/** Statements that change no rows. All others may: those that name a table, and by functions, triggers and views any. */
const rowlessWords = new Set([
	...["FLUSH", "OPTIMIZE", "CHECK", "SAVEPOINT", "RELEASE", "SET", "RESET"],
	...["INSTALL", "UNINSTALL", "START", "LOCK", "UNLOCK", "USE", "KILL", "PURGE", "CHANGE", "STOP", "SHUTDOWN"],
]);

/**
 * Reads a statement of the binlog.
 * @param schema the session's default schema, from the event.
 * @param stored how the server keeps names of schemas and tables.
 * @param sqlMode of the session that ran it.
 */
export function parseStatement(sql: string, schema: string, stored = asWritten, sqlMode = 0n): Statement {
	const reader = new SqlReader(tokenize(sql, sqlMode), schema, stored);
	// MariaDB: SET STATEMENT variable = value, … FOR what counts.
	if (reader.takeAll("SET", "STATEMENT")) reader.skipPast("FOR");
	if (reader.take("BEGIN")) return { kind: "begin" };
	if (reader.take("COMMIT")) return { kind: "commit" };
	if (reader.take("ROLLBACK")) {
		reader.take("WORK");
		return { kind: reader.take("TO") ? "rollbackTo" : "rollback" };
	}
	if (reader.take("XA")) return xa(reader);
	if (changesRights(reader)) return { kind: "rights" };
	if (reader.take("CREATE")) return create(reader);
	if (reader.take("DROP")) return drop(reader);
	if (reader.take("TRUNCATE")) {
		reader.take("TABLE");
		return { kind: "truncate", table: reader.table() };
	}
	if (reader.take("RENAME")) return rename(reader);
	if (reader.take("REPAIR")) return repair(reader);
	if (reader.take("ALTER")) return alter(reader) ?? other;
	return reader.isAtEnd || isRowless(reader) ? other : { kind: "data" };
}

/** What to make of a statement that used a temporary table: one that empties a table may have emptied that, and not its namesake. */
export function asInDoubt(statement: Statement): Statement {
	if (statement.kind !== "truncate") return statement;
	return alterOf(statement.table, { opaque: true });
}

function isRowless(reader: SqlReader): boolean {
	const word = reader.word() ?? "";
	if (word !== "ANALYZE") return rowlessWords.has(word);
	// MariaDB's ANALYZE UPDATE … runs what it explains.
	reader.take("ANALYZE");
	reader.take("NO_WRITE_TO_BINLOG", "LOCAL");
	return reader.take("TABLE", "TABLES");
}

/** Statements about users, roles and rights. */
function changesRights(reader: SqlReader): boolean {
	const words = reader.rest().map(({ kind, text }) => (kind === "word" ? text.toUpperCase() : ""));
	const [first, second, third, fourth] = words;
	switch (first) {
		case "GRANT":
		case "REVOKE":
			return true;
		case "FLUSH":
			return words.includes("PRIVILEGES");
		case "SET":
			return second === "DEFAULT" && third === "ROLE";
		case "CREATE":
		case "ALTER":
		case "DROP":
		case "RENAME":
			return ["USER", "ROLE"].includes((second === "OR" ? fourth : second) ?? "");
		default:
			return false;
	}
}

function xa(reader: SqlReader): Statement {
	if (reader.take("START", "BEGIN")) return { kind: "xaStart" };
	if (reader.take("COMMIT")) return { kind: "xaCommit", xid: xidOf(reader) };
	if (reader.take("ROLLBACK")) return { kind: "xaRollback", xid: xidOf(reader) };
	return other;
}

/** The identifier as `xidText` spells it. */
function xidOf(reader: SqlReader): string {
	const parts = reader.rest().filter((token) => token.text !== "," && !/^x$/i.test(token.text));
	return parts.map((token) => token.text.toLowerCase().replace(/^0x/, "")).join(",");
}

function create(reader: SqlReader): Statement {
	const replaces = reader.take("OR") && reader.take("REPLACE");
	reader.take("ONLINE", "OFFLINE");
	if (reader.take("UNIQUE")) return keyChange(reader) ?? other;
	if (reader.take("TEMPORARY") || !reader.take("TABLE")) return other;
	const mayExist = reader.takeAll("IF", "NOT", "EXISTS");
	return { kind: "create", table: reader.table(), replaces, mayExist };
}

function drop(reader: SqlReader): Statement {
	if (reader.take("DATABASE", "SCHEMA")) {
		reader.takeAll("IF", "EXISTS");
		return { kind: "dropSchema", schema: reader.schema() };
	}
	reader.take("ONLINE", "OFFLINE");
	if (reader.take("INDEX")) return keyChange(reader) ?? other;
	if (reader.take("TEMPORARY") || !reader.take("TABLE", "TABLES")) return other;
	reader.takeAll("IF", "EXISTS");
	return { kind: "drop", tables: tablesOf(reader) };
}

/** Of views it says nothing of rows. */
function repair(reader: SqlReader): Statement {
	reader.take("NO_WRITE_TO_BINLOG", "LOCAL");
	if (!reader.take("TABLE", "TABLES")) return other;
	return { kind: "repair", tables: tablesOf(reader) };
}

function tablesOf(reader: SqlReader): TableName[] {
	const tables = [reader.table()];
	while (reader.takeSymbol(",")) tables.push(reader.table());
	return tables;
}

function rename(reader: SqlReader): Statement {
	if (!reader.take("TABLE", "TABLES")) return other;
	reader.takeAll("IF", "EXISTS");
	const pairs: { from: TableName; to: TableName }[] = [];
	do {
		const from = reader.table();
		reader.wait();
		reader.take("TO");
		pairs.push({ from, to: reader.table() });
	} while (reader.takeSymbol(","));
	return { kind: "rename", pairs };
}
