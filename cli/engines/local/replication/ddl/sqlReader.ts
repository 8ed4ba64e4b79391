import type { StoredName } from "../model/storedName.ts";
import type { TableName } from "../model/tableName.ts";
import type { Token } from "./sqlTokens.ts";

/** Walks over tokens. Key words match bare words only, so that a quoted name is never taken for one. */
export class SqlReader {
	readonly #tokens: readonly Token[];
	readonly #schema: string;
	readonly #stored: StoredName;
	#at = 0;

	/** @param stored how the server keeps names of schemas and tables. */
	constructor(tokens: readonly Token[], schema: string, stored: StoredName) {
		this.#tokens = tokens;
		this.#stored = stored;
		this.#schema = stored(schema);
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

	/** Steps over all up to a word, and over that; or over all that is left. */
	skipPast(word: string): void {
		while (!this.isAtEnd && !this.take(word)) this.#at += 1;
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

	schema(): string {
		return this.#stored(this.name());
	}

	table(): TableName {
		const first = this.#stored(this.name());
		if (!this.takeSymbol(".")) return { schema: this.#schema, table: first };
		return { schema: first, table: this.#stored(this.name()) };
	}

	get isAtEnd(): boolean {
		return this.#at >= this.#tokens.length;
	}

	/** The table after a word, wherever the word is; nothing is stepped over. */
	tableAfter(word: string): TableName | undefined {
		const tokens = this.rest();
		const found = tokens.findIndex(({ kind, text }) => kind === "word" && text.toUpperCase() === word);
		return found < 0 ? undefined : new SqlReader(tokens.slice(found + 1), this.#schema, this.#stored).table();
	}

	rest(): readonly Token[] {
		return this.#tokens.slice(this.#at);
	}

	/** What commas separate, outside of parentheses. */
	clauses(): SqlReader[] {
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
		return clauses
			.filter((tokens) => tokens.length > 0)
			.map((tokens) => new SqlReader(tokens, this.#schema, this.#stored));
	}
}
