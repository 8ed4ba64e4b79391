import type { SourceAccess } from "../../../mysql/access.ts";
import {
	type Charset,
	type Charsets,
	type CharsetTable,
	charactersOf,
	tableCharset,
	unicodeCharset,
} from "../decode/charset.ts";
import { Server } from "../mysql/server.ts";

/** What asks the source: the statement's rows. */
export type Ask = (sql: string) => Promise<Record<string, unknown>[]>;

/** The source's character sets, each asked for when it is first met: only the server knows what its own tables hold. */
export class CharsetCache implements Charsets {
	readonly #access: SourceAccess;
	#collations: ReadonlyMap<number, { charset: string; bytes: number }> | undefined;
	readonly #byName = new Map<string, Charset>();
	readonly #byCollation = new Map<number, Charset>();
	/** Collations that the source does not have. */
	readonly #unknown = new Set<number>();

	constructor(access: SourceAccess) {
		this.#access = access;
	}

	ofCollation(collation: number): Charset | undefined {
		return this.#byCollation.get(collation);
	}

	/** Whether `load` would ask for one of these. */
	lacks(collations: readonly number[]): boolean {
		return collations.some((id) => !this.#byCollation.has(id) && !this.#unknown.has(id));
	}

	async load(collations: readonly number[]): Promise<void> {
		const server = await Server.connect(this.#access);
		try {
			const ask: Ask = (sql) => server.rows(sql);
			this.#collations ??= await readCollations(ask, server.flavour);
			for (const id of collations) {
				const found = this.#collations.get(id);
				if (found === undefined) this.#unknown.add(id);
				else this.#byCollation.set(id, await this.#charset(ask, found.charset, found.bytes));
			}
		} finally {
			await server.close();
		}
	}

	async #charset(ask: Ask, name: string, bytes: number): Promise<Charset> {
		const known = this.#byName.get(name) ?? unicodeCharset(name);
		const charset = known ?? tableCharset(name, await readCharsetTable(ask, name, bytes));
		this.#byName.set(name, charset);
		return charset;
	}
}

/** MariaDB has collations that stand for several character sets; only the second of these tables has their numbers. */
async function readCollations(
	ask: Ask,
	flavour: "mariadb" | "mysql",
): Promise<Map<number, { charset: string; bytes: number }>> {
	const sizes = new Map(
		(await ask("SELECT CHARACTER_SET_NAME AS name, MAXLEN AS bytes FROM INFORMATION_SCHEMA.CHARACTER_SETS")).map(
			(row) => [String(row.name), Number(row.bytes)],
		),
	);
	const rows = await ask(
		"SELECT ID AS id, CHARACTER_SET_NAME AS name FROM INFORMATION_SCHEMA.COLLATIONS WHERE ID IS NOT NULL",
	);
	if (flavour === "mariadb") {
		const applicable =
			"SELECT ID AS id, CHARACTER_SET_NAME AS name FROM INFORMATION_SCHEMA.COLLATION_CHARACTER_SET_APPLICABILITY";
		// Servers before 10.10 have neither such collations nor this column.
		rows.push(
			...(await ask(applicable).catch((error: unknown) => {
				if ((error as { errno?: number }).errno === 1054) return [];
				throw error;
			})),
		);
	}
	return new Map(
		rows
			.filter(({ id, name }) => id !== null && name !== null)
			.map(({ id, name }) => [Number(id), { charset: String(name), bytes: sizes.get(String(name)) ?? 1 }]),
	);
}

const sixteen = Array.from({ length: 16 }, (_, digit) => `SELECT ${digit}${digit === 0 ? " AS v" : ""}`).join(
	" UNION ALL ",
);
/** 0 to 65,535, without recursion, which has limits and which old servers do not know. */
const numbers = `(SELECT a.v * 4096 + b.v * 256 + c.v * 16 + d.v AS n FROM (${sixteen}) a, (${sixteen}) b, (${sixteen}) c, (${sixteen}) d) numbers`;
/** Characters of four bytes of gb18030 that are not in the order of Unicode: 81308130 to 8431A439. */
const fourByteCharacters = 39_420;

/** @param bytes the most that a character has. */
async function readCharsetTable(ask: Ask, name: string, bytes: number): Promise<CharsetTable> {
	if (!/^\w+$/.test(name)) throw new Error(`the source has an unsupported character set ${JSON.stringify(name)}`);
	const read = async (code: string, where: string): Promise<Map<number, string>> => {
		const rows = await ask(
			`SELECT n, CONVERT(CONVERT(UNHEX(${code}) USING ${name}) USING utf8mb4) AS t FROM ${numbers} WHERE ${where}`,
		);
		const found = new Map<number, string>();
		for (const { n, t } of rows) {
			// Bytes that are not one character are NULL on MySQL, and several characters on MariaDB.
			if (typeof t === "string" && [...t].length === 1) found.set(Number(n), t);
		}
		return found;
	};
	const single = await read("LPAD(HEX(n), 2, '0')", "n < 256");
	const none = new Map<number, string>();
	const table: CharsetTable = {
		one: Array.from({ length: 256 }, (_, byte) => single.get(byte) ?? "?"),
		two: bytes > 1 ? withoutSingle(await read("HEX(n)", "n >= 32768"), single) : none,
		three: bytes === 3 ? withPrefix(await read("CONCAT('8F', HEX(n))", "n >= 32768")) : none,
		four: bytes === 4 ? await read(fourBytes, `n < ${fourByteCharacters}`) : none,
		twins: new Set(),
	};
	return { ...table, twins: await readTwins(ask, name, table) };
}

/** Of several codes of one text, those that the server does not have for it. */
async function readTwins(ask: Ask, name: string, table: CharsetTable): Promise<Set<string>> {
	const codes = new Map<string, string[]>();
	const note = (code: string, text: string): void => {
		if (text !== "?") codes.set(text, [...(codes.get(text) ?? []), code]);
	};
	for (const [byte, text] of table.one.entries()) note(hex(byte, 1), text);
	for (const [code, text] of table.two) note(hex(code, 2), text);
	for (const [code, text] of table.three) note(hex(code, 3), text);
	const several = [...codes].filter(([, found]) => found.length > 1);
	const twins = new Set(several.flatMap(([, found]) => found));
	if (twins.size === 0) return twins;
	const text = Buffer.from(several.map(([character]) => character).join("")).toString("hex");
	const [row] = await ask(`SELECT HEX(CONVERT(CONVERT(X'${text}' USING utf8mb4) USING ${name})) AS own`);
	for (const { code } of charactersOf(Buffer.from(String(row?.own), "hex"), table)) twins.delete(code);
	return twins;
}

function hex(code: number, bytes: number): string {
	return code.toString(16).padStart(bytes * 2, "0");
}

/** A character of one byte begins none of two; MySQL drops what is cut after it, so that both bytes look like the first one. */
function withoutSingle(pairs: ReadonlyMap<number, string>, single: ReadonlyMap<number, string>): Map<number, string> {
	return new Map([...pairs].filter(([code]) => (single.get(code >> 8) ?? "?") === "?"));
}

/** By all three bytes. */
function withPrefix(characters: ReadonlyMap<number, string>): Map<number, string> {
	return new Map([...characters].map(([code, text]) => [0x8f_0000 + code, text]));
}

const fourBytes =
	"CONCAT(HEX(129 + n DIV 12600), HEX(48 + n DIV 1260 % 10), HEX(129 + n DIV 10 % 126), HEX(48 + n % 10))";
