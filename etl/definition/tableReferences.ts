/**
 * Which tables a statement reads, by its text: what stands where FROM and JOIN expect a table and is not a table of the
 * statement's own WITH. No engine has to be asked, so a chart's tables are known where nothing is deployed yet, and the order of
 * jobs without a parser of SQL, which is slow to load.
 */
export interface TableReference {
	/** Parts of the name, without quotes: `["orders"]`, `["lake", "orders"]`. */
	parts: readonly string[];
	/** Where the name is in the statement. */
	start: number;
	end: number;
}

/** A name where a table is expected. */
export interface FoundName extends TableReference {
	/** As WITH spells it, where it is a name of WITH and stands for no table. */
	own?: string;
}

/** In Spark's SQL double quotes are of texts, in which a backslash escapes; in that of DuckDB and Athena they are of names. */
export type Dialect = "spark" | "standard";

interface Token {
	kind: "word" | "quoted" | "mark";
	/** Upper case where it is a plain word; a quoted name without its quotes. */
	text: string;
	/** The same as the statement spells it. */
	written: string;
	start: number;
	end: number;
}

/** What is between two parentheses, or all of the statement. */
interface Level {
	/** Between the parentheses of a function's arguments FROM has another meaning, as in EXTRACT(year FROM day). */
	call: boolean;
	selects: boolean;
	inFrom: boolean;
	expectsTable: boolean;
	/** Names that WITH gave so far, as it spells them, by what they are compared by. */
	own: Map<string, string>;
	/** The name that this level, the body of a WITH, defines. */
	defines: string | undefined;
}

const endsFrom = new Set(
	"WHERE GROUP HAVING ORDER SORT CLUSTER DISTRIBUTE LIMIT OFFSET FETCH UNION INTERSECT EXCEPT WINDOW QUALIFY".split(
		" ",
	),
);
const notTables = new Set("LATERAL VALUES ONLY TABLE".split(" "));

/** The tables that a statement reads, in its order; one that it reads twice is there twice. */
export function tableReferences(sql: string, dialect: Dialect = "standard"): TableReference[] {
	return namesRead(sql, dialect).filter(({ own }) => own === undefined);
}

/** As `tableReferences`, with the names of WITH. */
export function namesRead(sql: string, dialect: Dialect): FoundName[] {
	const tokens = tokensOf(sql, dialect);
	const found: FoundName[] = [];
	const levels: Level[] = [level(false)];
	for (let at = 0; at < tokens.length; at++) {
		const token = tokens[at] as Token;
		const current = levels.at(-1) as Level;
		const before = tokens[at - 1];
		if (token.kind === "mark") {
			if (token.text === "(") levels.push(opened(tokens, at, current));
			else if (token.text === ")") close(levels);
			else if (token.text === "," && current.inFrom) current.expectsTable = true;
			continue;
		}
		if (token.kind === "word") {
			if (token.text === "SELECT") Object.assign(current, { selects: true, inFrom: false, expectsTable: false });
			else if (token.text === "FROM" && isFromClause(current, before)) {
				Object.assign(current, { inFrom: true, expectsTable: true });
				continue;
			} else if (token.text === "TABLE" && beginsQuery(before)) {
				current.expectsTable = true;
				continue;
			} else if (token.text === "VIEW" && isWord(before, "LATERAL")) current.inFrom = false;
			else if (token.text === "JOIN") Object.assign(current, { inFrom: true, expectsTable: true });
			else if (endsFrom.has(token.text)) Object.assign(current, { inFrom: false, expectsTable: false });
		}
		if (!current.expectsTable || (token.kind === "word" && (token.text === "JOIN" || notTables.has(token.text)))) {
			continue;
		}
		const name = nameAt(tokens, at);
		at += name.tokens - 1;
		current.expectsTable = false;
		const isCall = tokens[at + 1]?.text === "(" && tokens[at + 1]?.kind === "mark";
		if (isCall) continue;
		const [only = "", schema] = name.parts;
		const own = schema === undefined ? levels.findLast((one) => one.own.has(key(only)))?.own.get(key(only)) : undefined;
		const place = { start: token.start, end: tokens[at]?.end ?? token.end };
		found.push({ parts: name.parts, ...place, ...(own !== undefined && { own }) });
	}
	return found;
}

/** The statement with other names for its tables. @param rename undefined leaves a name as it is. */
export function withTables(sql: string, rename: (parts: readonly string[]) => string | undefined): string {
	let text = sql;
	for (const { parts, start, end } of tableReferences(sql).reverse()) {
		const name = rename(parts);
		if (name !== undefined) text = `${text.slice(0, start)}${name}${text.slice(end)}`;
	}
	return text;
}

/** Line and column of an offset, which count from 1. */
export function placeAt(text: string, offset: number): { line: number; column: number } {
	const before = text.slice(0, offset).split("\n");
	return { line: before.length, column: (before.at(-1) ?? "").length + 1 };
}

function level(call: boolean, defines?: string): Level {
	return { call, selects: false, inFrom: false, expectsTable: false, own: new Map(), defines };
}

/** The level that a parenthesis begins. */
function opened(tokens: readonly Token[], at: number, outer: Level): Level {
	const [before, beforeThat] = [tokens[at - 1], tokens[at - 2]];
	const next = tokens[at + 1];
	const isQuery = next?.kind === "word" && ["SELECT", "WITH", "VALUES", "TABLE"].includes(next.text);
	if (outer.expectsTable) {
		outer.expectsTable = false;
		// FROM (a JOIN b …): a table is expected within, too.
		return { ...level(false), inFrom: !isQuery, expectsTable: !isQuery };
	}
	if (isQuery && isWord(before, "AS", "MATERIALIZED")) {
		const name = definedName(tokens, isWord(before, "AS") ? at - 1 : isWord(beforeThat, "NOT") ? at - 3 : at - 2);
		if (name !== undefined) {
			if (tokens.some((token) => isWord(token, "RECURSIVE"))) outer.own.set(key(name), name);
			return level(false, name);
		}
	}
	return level(!isQuery);
}

/** The name before `AS`, or before the list of columns that is before it: `totals (month, sum) AS`. */
function definedName(tokens: readonly Token[], as: number): string | undefined {
	let at = as - 1;
	if (tokens[at]?.text === ")" && tokens[at]?.kind === "mark") {
		while (at >= 0 && tokens[at]?.text !== "(") at--;
		at--;
	}
	const token = tokens[at];
	return token === undefined || token.kind === "mark" ? undefined : token.written;
}

function close(levels: Level[]): void {
	if (levels.length === 1) return;
	const closed = levels.pop();
	if (closed?.defines !== undefined) levels.at(-1)?.own.set(key(closed.defines), closed.defines);
}

function isFromClause(current: Level, before: Token | undefined): boolean {
	return !isWord(before, "DISTINCT") && (current.selects || !current.call);
}

/** Whether what comes behind a token begins a query: `TABLE orders` is one. */
function beginsQuery(before: Token | undefined): boolean {
	if (before === undefined || isWord(before, "UNION", "INTERSECT", "EXCEPT", "ALL", "DISTINCT")) return true;
	return before.kind === "mark" && ["(", ")", ";"].includes(before.text);
}

function isWord(token: Token | undefined, ...texts: string[]): boolean {
	return token?.kind === "word" && texts.includes(token.text);
}

/** Names are compared as engines do: without case. */
function key(name: string): string {
	return name.toLowerCase();
}

function nameAt(tokens: readonly Token[], at: number): { parts: string[]; tokens: number } {
	const parts = [tokens[at]?.written ?? ""];
	let used = 1;
	while (tokens[at + used]?.text === "." && tokens[at + used]?.kind === "mark" && tokens[at + used + 1] !== undefined) {
		parts.push(tokens[at + used + 1]?.written ?? "");
		used += 2;
	}
	return { parts, tokens: used };
}

const patterns: Readonly<Record<Dialect, RegExp>> = {
	standard:
		/--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|[\p{L}_][\p{L}\p{N}_$]*|\d[\w.]*|[^\s]/gu,
	spark:
		/--[^\n]*|\/\*[\s\S]*?\*\/|[rR](?:'[^']*'|"[^"]*")|'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"|`(?:[^`]|``)*`|[\p{L}_][\p{L}\p{N}_$]*|\d[\w.]*|[^\s]/gu,
};

function tokensOf(sql: string, dialect: Dialect): Token[] {
	const ofName = dialect === "spark" ? /^`/ : /^["`]/;
	return [...sql.matchAll(patterns[dialect])].flatMap((match): Token[] => {
		const [text] = match;
		const place = { start: match.index, end: match.index + text.length };
		if (text.length > 1 && ofName.test(text)) {
			const quote = text.slice(0, 1);
			const written = text.slice(1, -1).replaceAll(quote + quote, quote);
			return [{ kind: "quoted", text: written, written, ...place }];
		}
		if (/^(--|\/\*|\d|'|".|[rR]['"])/s.test(text)) return [];
		if (/^[\p{L}_]/u.test(text)) return [{ kind: "word", text: text.toUpperCase(), written: text, ...place }];
		return [{ kind: "mark", text, written: text, ...place }];
	});
}
