import type { TableName } from "../model/tableName.ts";
import { type Token, tokenize } from "./sqlTokens.ts";

/** What an ALTER TABLE says it does to columns; what it does not say is seen by comparing definitions. */
export interface Alteration {
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
	| { kind: "alter"; table: TableName; to: TableName | undefined; alteration: Alteration }
	/** Rows were changed by a statement and not by row events. `names`: every name in it. */
	| { kind: "data"; names: string[] }
	| { kind: "other" };

const other: Statement = { kind: "other" };
const dataWords = new Set(["INSERT", "UPDATE", "DELETE", "REPLACE", "LOAD", "CALL", "WITH", "DO", "EXECUTE", "IMPORT"]);

/**
 * Reads a statement of the binlog.
 * @param schema the session's default schema, from the event.
 */
export function parseStatement(sql: string, schema: string): Statement {
	const reader = new Reader(tokenize(sql), schema);
	if (reader.take("BEGIN")) return { kind: "begin" };
	if (reader.take("COMMIT")) return { kind: "commit" };
	if (reader.take("ROLLBACK")) {
		reader.take("WORK");
		return { kind: reader.take("TO") ? "rollbackTo" : "rollback" };
	}
	if (reader.take("XA")) return xa(reader);
	if (reader.take("CREATE")) return create(reader);
	if (reader.take("DROP")) return drop(reader);
	if (reader.take("TRUNCATE")) {
		reader.take("TABLE");
		return { kind: "truncate", table: reader.table() };
	}
	if (reader.take("RENAME")) return rename(reader);
	if (reader.take("ALTER")) return alter(reader);
	const first = reader.word();
	if (first !== undefined && dataWords.has(first)) return { kind: "data", names: reader.names() };
	return other;
}

function xa(reader: Reader): Statement {
	if (reader.take("START", "BEGIN")) return { kind: "xaStart" };
	if (reader.take("COMMIT")) return { kind: "xaCommit", xid: xidOf(reader) };
	if (reader.take("ROLLBACK")) return { kind: "xaRollback", xid: xidOf(reader) };
	return other;
}

/** The identifier as `xidText` spells it. */
function xidOf(reader: Reader): string {
	const parts = reader.rest().filter((token) => token.text !== "," && !/^x$/i.test(token.text));
	return parts.map((token) => token.text.toLowerCase().replace(/^0x/, "")).join(",");
}

function create(reader: Reader): Statement {
	const replaces = reader.take("OR") && reader.take("REPLACE");
	if (reader.take("TEMPORARY") || !reader.take("TABLE")) return other;
	const mayExist = reader.takeAll("IF", "NOT", "EXISTS");
	return { kind: "create", table: reader.table(), replaces, mayExist };
}

function drop(reader: Reader): Statement {
	if (reader.take("DATABASE", "SCHEMA")) {
		reader.takeAll("IF", "EXISTS");
		return { kind: "dropSchema", schema: reader.name() };
	}
	if (reader.take("TEMPORARY") || !reader.take("TABLE", "TABLES")) return other;
	reader.takeAll("IF", "EXISTS");
	const tables = [reader.table()];
	while (reader.takeSymbol(",")) tables.push(reader.table());
	return { kind: "drop", tables };
}

function rename(reader: Reader): Statement {
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

function alter(reader: Reader): Statement {
	reader.take("ONLINE");
	const ignore = reader.take("IGNORE");
	if (!reader.take("TABLE")) return other;
	reader.takeAll("IF", "EXISTS");
	const table = reader.table();
	reader.wait();
	const alteration: Alteration = { dropped: [], renamed: [], opaque: ignore };
	let to: TableName | undefined;
	for (const clause of reader.clauses()) to = alterClause(clause, alteration) ?? to;
	return { kind: "alter", table, to, alteration };
}

/** @returns the new name of the table, where the clause gives one. */
function alterClause(clause: Reader, alteration: Alteration): TableName | undefined {
	if (clause.take("ADD")) {
		if (clause.take("PERIOD", "SYSTEM")) alteration.opaque = true;
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

/** Walks over tokens. Key words match bare words only, so that a quoted name is never taken for one. */
class Reader {
	readonly #tokens: readonly Token[];
	readonly #schema: string;
	#at = 0;

	constructor(tokens: readonly Token[], schema: string) {
		this.#tokens = tokens;
		this.#schema = schema;
	}

	/** The next bare word, in capitals. */
	word(): string | undefined {
		const token = this.#tokens[this.#at];
		return token?.kind === "word" ? token.text.toUpperCase() : undefined;
	}

	/** Steps over the next word where it is one of these. */
	take(...words: string[]): boolean {
		if (!words.includes(this.word() ?? "")) return false;
		this.#at += 1;
		return true;
	}

	/** Steps over words that follow each other, all or none. */
	takeAll(...words: string[]): boolean {
		const start = this.#at;
		if (words.every((word) => this.take(word))) return true;
		this.#at = start;
		return false;
	}

	takeSymbol(symbol: string): boolean {
		const token = this.#tokens[this.#at];
		if (token?.kind !== "symbol" || token.text !== symbol) return false;
		this.#at += 1;
		return true;
	}

	/** MariaDB: `WAIT n` or `NOWAIT` after a table's name. */
	wait(): void {
		if (this.take("WAIT")) this.#at += 1;
		else this.take("NOWAIT");
	}

	name(): string {
		const token = this.#tokens[this.#at];
		this.#at += 1;
		return token?.text ?? "";
	}

	table(): TableName {
		const first = this.name();
		return this.takeSymbol(".") ? { schema: first, table: this.name() } : { schema: this.#schema, table: first };
	}

	/** All that could be a name, from here on. */
	names(): string[] {
		return this.rest()
			.filter((token) => token.kind !== "symbol")
			.map((token) => token.text);
	}

	rest(): readonly Token[] {
		return this.#tokens.slice(this.#at);
	}

	/** What commas separate, outside of parentheses. */
	clauses(): Reader[] {
		const clauses: Token[][] = [[]];
		let depth = 0;
		for (const token of this.rest()) {
			if (token.kind === "symbol") {
				if (token.text === "(") depth += 1;
				if (token.text === ")") depth -= 1;
				if (token.text === ";") continue;
				if (token.text === "," && depth === 0) {
					clauses.push([]);
					continue;
				}
			}
			clauses.at(-1)?.push(token);
		}
		return clauses.filter((tokens) => tokens.length > 0).map((tokens) => new Reader(tokens, this.#schema));
	}
}
