import type { TableName } from "../model/tableName.ts";
import type { SqlReader } from "./sqlReader.ts";

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

export interface AlterStatement {
	kind: "alter";
	table: TableName;
	/** Its new name. */
	to: TableName | undefined;
	/** Tables whose rows it changes too, by exchange. */
	others: TableName[];
	alteration: Alteration;
}

/** One that does this to the columns of a table, and no more. */
export function alterOf(table: TableName, what: Partial<Alteration>): AlterStatement {
	const alteration = { added: [], dropped: [], renamed: [], opaque: false, ...what };
	return { kind: "alter", table, to: undefined, others: [], alteration };
}

/** CREATE UNIQUE INDEX … ON t, DROP INDEX … ON t: the table may have got or lost its key. */
export function keyChange(reader: SqlReader): AlterStatement | undefined {
	const table = reader.tableAfter("ON");
	return table && alterOf(table, {});
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
	...["ENCRYPTION_KEY_ID", "REMOVE", "PARTITION", "REORGANIZE", "COALESCE", "ANALYZE", "OPTIMIZE", "REBUILD"],
]);

/** @returns undefined for one of something else than a table. */
export function alter(reader: SqlReader): AlterStatement | undefined {
	reader.take("ONLINE");
	const ignore = reader.take("IGNORE");
	if (!reader.take("TABLE")) return undefined;
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
