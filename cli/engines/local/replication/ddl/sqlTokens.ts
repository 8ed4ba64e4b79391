export interface Token {
	/** `word`: a bare word or number; `name`: a quoted identifier; `text`: a string; `symbol`: one other character. */
	kind: "word" | "name" | "text" | "symbol";
	/** Without its quotes. */
	text: string;
}

/** Bits of sql_mode that change how a statement is read, on MySQL and MariaDB alike. */
const ansiQuotes = 4n;
const noBackslashEscapes = 1n << 20n;

const wordCharacter = /[\p{L}\p{N}_$]/u;

/**
 * Splits an SQL statement into tokens. Comments are left out, except those whose content the server executes: they begin with
 * an exclamation mark and maybe a version, https://dev.mysql.com/doc/refman/8.4/en/comments.html
 * @param sqlMode of the session that ran it.
 */
export function tokenize(sql: string, sqlMode = 0n): Token[] {
	const isName = (quote: string): boolean => quote === "`" || (quote === '"' && (sqlMode & ansiQuotes) !== 0n);
	const escapes = (sqlMode & noBackslashEscapes) === 0n;
	const tokens: Token[] = [];
	let at = 0;
	while (at < sql.length) {
		const character = sql[at] as string;
		const skipped = skipBlank(sql, at);
		if (skipped > at) {
			at = skipped;
		} else if (character === "`" || character === '"' || character === "'") {
			const { text, end } = readQuoted(sql, at, character, escapes && !isName(character));
			tokens.push({ kind: isName(character) ? "name" : "text", text });
			at = end;
		} else if (wordCharacter.test(character) || isSurrogate(character)) {
			const start = at;
			while (at < sql.length && (wordCharacter.test(sql[at] as string) || isSurrogate(sql[at] as string))) at += 1;
			tokens.push({ kind: "word", text: sql.slice(start, at) });
		} else {
			tokens.push({ kind: "symbol", text: character });
			at += 1;
		}
	}
	return tokens;
}

/** @returns where the next token may begin: after white space, a comment, or the marks of an executable comment. */
function skipBlank(sql: string, at: number): number {
	if (/\s/.test(sql[at] as string)) return at + 1;
	if (sql[at] === "#" || /^--(\s|$)/.test(sql.slice(at, at + 3))) {
		const end = sql.indexOf("\n", at);
		return end < 0 ? sql.length : end + 1;
	}
	if (sql.startsWith("*/", at)) return at + 2;
	if (!sql.startsWith("/*", at)) return at;
	const executable = /^\/\*M?!\d*/.exec(sql.slice(at, at + 12));
	if (executable !== null) return at + executable[0].length;
	const end = sql.indexOf("*/", at + 2);
	return end < 0 ? sql.length : end + 2;
}

/** A quote is doubled inside. @param escapes whether a backslash escapes: in strings, in identifiers it does not. */
function readQuoted(sql: string, start: number, quote: string, escapes: boolean): { text: string; end: number } {
	let text = "";
	let at = start + 1;
	while (at < sql.length) {
		const character = sql[at] as string;
		if (character === "\\" && escapes) {
			text += sql[at + 1] ?? "";
			at += 2;
		} else if (character !== quote) {
			text += character;
			at += 1;
		} else if (sql[at + 1] === quote) {
			text += quote;
			at += 2;
		} else {
			return { text, end: at + 1 };
		}
	}
	return { text, end: at };
}

function isSurrogate(character: string): boolean {
	const code = character.charCodeAt(0);
	return code >= 0xd800 && code <= 0xdfff;
}
