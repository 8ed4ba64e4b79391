import type { TableName } from "../model/tableName.ts";
import { SqlReader } from "./sqlReader.ts";
import { tokenize } from "./sqlTokens.ts";

/** What an ALTER TABLE says it does to columns; what it does not say is seen by comparing definitions. */
export interface Alteration {
	/** Names of columns added. */
	added: string[];
	/** Names of columns dropped. */
	dropped: string[];
	renamed: { from: string; to: string }[];
	/** Rows change without events, or a clause is not known: the table must be reloaded. */
	opaque: boolean;
}

/** A statement of the binlog, as far as replication must know it. */
export type Statement =
	| { kind: "begin" | "commit" | "rollback" | "rollbackTo" | "xaStart" }
	| { kind: "xaCommit" | "xaRollback"; xid: string }
	| { kind: "create"; table: TableName; replaces: boolean; mayExist: boolean }
	| { kind: "drop"; tables: TableName[] }
	| { kind: "dropSchema"; schema: string }
	| { kind: "truncate"; table: TableName }
	| { kind: "rename"; pairs: { from: TableName; to: TableName }[] }
	/** `others`: tables whose rows it changes too, by exchange. */
	| { kind: "alter"; table: TableName; to: TableName | undefined; others: TableName[]; alteration: Alteration }
	/** What users may read may have changed. */
	| { kind: "rights" }
	/** Rows may have been changed by a statement and not by row events, of tables that it need not name. */
	| { kind: "data" }
	| { kind: "other" };

const other: Statement = { kind: "other" };
/** Statements that change no rows. All others may: those that name a table, and by functions, triggers and views any. */
const rowlessWords = new Set([
	...["FLUSH", "OPTIMIZE", "REPAIR", "CHECK", "SAVEPOINT", "RELEASE", "SET", "RESET"],
	...["INSTALL", "UNINSTALL", "START", "LOCK", "UNLOCK", "USE", "KILL", "PURGE", "CHANGE", "STOP", "SHUTDOWN"],
]);

/**
 * Reads a statement of the binlog.
 * @param schema the session's default schema, from the event.
 * @param lowersNames whether the server keeps names of schemas and tables in lower case, however they are written.
 * @param sqlMode of the session that ran it.
 */
export function parseStatement(sql: string, schema: string, lowersNames = false, sqlMode = 0n): Statement {
	const reader = new SqlReader(tokenize(sql, sqlMode), schema, lowersNames);
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
	if (reader.take("ALTER")) return alter(reader);
	return reader.isAtEnd || isRowless(reader) ? other : { kind: "data" };
}

/** What to make of a statement that used a temporary table: one that empties a table may have emptied that, and not its namesake. */
export function asInDoubt(statement: Statement): Statement {
	if (statement.kind !== "truncate") return statement;
	const alteration = { added: [], dropped: [], renamed: [], opaque: true };
	return { kind: "alter", table: statement.table, to: undefined, others: [], alteration };
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
	if (reader.take("TEMPORARY") || !reader.take("TABLE")) return other;
	const mayExist = reader.takeAll("IF", "NOT", "EXISTS");
	return { kind: "create", table: reader.table(), replaces, mayExist };
}

function drop(reader: SqlReader): Statement {
	if (reader.take("DATABASE", "SCHEMA")) {
		reader.takeAll("IF", "EXISTS");
		return { kind: "dropSchema", schema: reader.schema() };
	}
	if (reader.take("TEMPORARY") || !reader.take("TABLE", "TABLES")) return other;
	reader.takeAll("IF", "EXISTS");
	const tables = [reader.table()];
	while (reader.takeSymbol(",")) tables.push(reader.table());
	return { kind: "drop", tables };
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

const keyWords = [
	"INDEX",
	"KEY",
	"CONSTRAINT",
	"PRIMARY",
	"UNIQUE",
	"FULLTEXT",
	"SPATIAL",
	"VECTOR",
	"FOREIGN",
	"CHECK",
];
/** Clauses that leave rows and columns alone, or whose effect on columns the comparison shows. */
const plainClauses = new Set([
	...[
		"MODIFY",
		"ALTER",
		"CONVERT",
		"COMMENT",
		"ENGINE",
		"AUTO_INCREMENT",
		"ROW_FORMAT",
		"DEFAULT",
		"CHARACTER",
		"CHARSET",
	],
	...[
		"COLLATE",
		"ALGORITHM",
		"LOCK",
		"FORCE",
		"STATS_PERSISTENT",
		"STATS_AUTO_RECALC",
		"STATS_SAMPLE_PAGES",
		"MAX_ROWS",
	],
	...[
		"MIN_ROWS",
		"AVG_ROW_LENGTH",
		"CHECKSUM",
		"PACK_KEYS",
		"DELAY_KEY_WRITE",
		"KEY_BLOCK_SIZE",
		"COMPRESSION",
		"ENCRYPTION",
	],
	...[
		"ENABLE",
		"DISABLE",
		"PAGE_COMPRESSED",
		"PAGE_COMPRESSION_LEVEL",
		"PAGE_CHECKSUM",
		"TRANSACTIONAL",
		"WITHOUT",
		"ENCRYPTED",
	],
	...["ENCRYPTION_KEY_ID", "REMOVE", "PARTITION", "REORGANIZE", "COALESCE", "ANALYZE", "OPTIMIZE", "REPAIR", "REBUILD"],
]);

function alter(reader: SqlReader): Statement {
	reader.take("ONLINE");
	const ignore = reader.take("IGNORE");
	if (!reader.take("TABLE")) return other;
	reader.takeAll("IF", "EXISTS");
	const table = reader.table();
	reader.wait();
	const alteration: Alteration = { added: [], dropped: [], renamed: [], opaque: ignore };
	let to: TableName | undefined;
	const others: TableName[] = [];
	for (const clause of reader.clauses()) {
		const exchanged = exchangedTable(clause);
		if (exchanged === undefined) to = alterClause(clause, alteration) ?? to;
		else {
			others.push(exchanged);
			alteration.opaque = true;
		}
	}
	return { kind: "alter", table, to, others, alteration };
}

/** EXCHANGE PARTITION … WITH TABLE t; MariaDB: CONVERT PARTITION … TO TABLE t, CONVERT TABLE t TO PARTITION …. */
function exchangedTable(clause: SqlReader): TableName | undefined {
	const first = clause.word();
	if (first !== "EXCHANGE" && first !== "CONVERT") return undefined;
	return clause.tableAfter("TABLE");
}

/** ADD [COLUMN] [IF NOT EXISTS] with one column, or with several in parentheses. */
function addedColumns(clause: SqlReader): string[] {
	if (clause.take(...keyWords, "PARTITION")) return [];
	clause.take("COLUMN");
	clause.takeAll("IF", "NOT", "EXISTS");
	if (!clause.takeSymbol("(")) return [clause.name()];
	return clause
		.clauses()
		.filter((part) => !part.take(...keyWords))
		.map((part) => part.name());
}

/** @returns the new name of the table, where the clause gives one. */
function alterClause(clause: SqlReader, alteration: Alteration): TableName | undefined {
	if (clause.take("ADD")) {
		if (clause.take("PERIOD", "SYSTEM")) alteration.opaque = true;
		else alteration.added.push(...addedColumns(clause));
	} else if (clause.take("DROP")) {
		if (clause.take(...keyWords)) return undefined;
		if (clause.take("PARTITION", "PERIOD", "SYSTEM")) {
			alteration.opaque = true;
			return undefined;
		}
		clause.take("COLUMN");
		clause.takeAll("IF", "EXISTS");
		alteration.dropped.push(clause.name());
	} else if (clause.take("CHANGE")) {
		clause.take("COLUMN");
		clause.takeAll("IF", "EXISTS");
		alteration.renamed.push({ from: clause.name(), to: clause.name() });
	} else if (clause.take("RENAME")) {
		if (clause.take("INDEX", "KEY")) return undefined;
		if (clause.take("COLUMN")) {
			clause.takeAll("IF", "EXISTS");
			const from = clause.name();
			clause.take("TO");
			alteration.renamed.push({ from, to: clause.name() });
			return undefined;
		}
		if (!clause.take("TO", "AS")) clause.takeSymbol("=");
		return clause.table();
	} else if (!plainClauses.has(clause.word() ?? "")) {
		alteration.opaque = true;
	}
	return undefined;
}
