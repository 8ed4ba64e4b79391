import type { Connection } from "mysql2/promise";
import { expect } from "vitest";
import { foldAsBag, foldByKey, sourceRows } from "./fold.ts";
import { type TestStack, until } from "./replicator.ts";
import type { Random } from "./values/random.ts";

/** What the server answers to changes that keys forbid: doubles, parents that are missing or still needed, cascades into oneself. */
const refusals = new Set([1062, 1451, 1452, 1761]);
const actions = ["CASCADE", "SET NULL", "RESTRICT", "CASCADE"] as const;

interface Table {
	/** With its schema. */
	name: string;
	columns: string[];
	/** Names of its foreign keys. */
	keys: string[];
	level: number;
	isKeyed: boolean;
}

/**
 * Random tables with foreign keys over two levels and to themselves, of one column and of two, some without a primary key, and random
 * changes of their rows. Only the seed decides.
 */
export class RandomForeignKeys {
	readonly tables: Table[] = [];
	readonly #random: Random;
	readonly #prefix: string;
	readonly #schemas: readonly [string, ...string[]];
	#xids = 0;

	/**
	 * @param prefix of the names of all its tables.
	 * @param schemas of the tables; the first has more of them.
	 */
	constructor(random: Random, prefix: string, schemas: readonly [string, ...string[]]) {
		this.#random = random;
		this.#prefix = prefix;
		this.#schemas = schemas;
	}

	/** Statements that make all tables. */
	create(): string[] {
		const counts = [1, this.#random.integer(1, 3), this.#random.integer(1, 2)];
		return counts.flatMap((count, level) => Array.from({ length: count }, () => this.#createTable(level)));
	}

	/** Changes rows, alone, in transactions that end well or not, and in XA transactions. */
	async change(db: Connection, count: number): Promise<void> {
		for (let at = 0; at < count; at += 1) {
			const kind = this.#random.integer(1, 10);
			if (kind <= 6) await this.#try(db, this.#statement());
			else if (kind <= 9) await this.#transaction(db);
			else await this.#xaTransaction(db);
		}
	}

	/** Gives a table, a column or a constraint another name, or takes a constraint away. */
	redefine(): string {
		const table = this.#table();
		const [key] = table.keys;
		const before = table.name;
		switch (this.#random.integer(1, 4)) {
			case 1:
				if (key === undefined) return `ALTER TABLE ${before} COMMENT = 'as before'`;
				table.keys.shift();
				return `ALTER TABLE ${before} DROP /* no more */ FOREIGN KEY ${key}`;
			case 2:
				table.name = `${before}r`;
				return `RENAME TABLE ${before} TO ${table.name}`;
			case 3:
				table.name = `${before}r`;
				return `ALTER TABLE ${before} RENAME TO ${table.name}`;
			default:
				// What one knows as `u` was `v` in the changes before.
				return `ALTER TABLE ${before} RENAME COLUMN u TO v, RENAME COLUMN v TO u`;
		}
	}

	#createTable(level: number): string {
		// A parent's columns must be unique, which a table without a primary key is left without.
		const parents = this.tables.filter((table) => table.level === level - 1 && table.isKeyed);
		const name = `${this.#prefix}${"abc"[level]}${this.tables.length}`;
		const schema = this.#random.integer(1, 3) === 1 ? this.#random.pick(this.#schemas) : this.#schemas[0];
		const isKeyed = level === 0 || this.#random.integer(1, 4) > 1;
		const table: Table = { name: `${schema}.${name}`, columns: ["id", "u", "v", "w"], keys: [], level, isKeyed };
		const lines = ["id INT NOT NULL", "u INT", "v INT", "w INT", isKeyed ? "PRIMARY KEY (id)" : "KEY (id)"];
		if (isKeyed) lines.push("UNIQUE (u)", "UNIQUE (u, v)", "UNIQUE (v)");
		for (let at = 0; parents.length > 0 && at < this.#random.integer(1, 2); at += 1) {
			lines.push(...this.#reference(table, name, this.#random.pick(parents as [Table, ...Table[]])));
		}
		if (isKeyed && this.#random.integer(1, 3) === 1) lines.push(...this.#reference(table, name, table));
		this.tables.push(table);
		return `CREATE TABLE ${table.name} (${lines.join(", ")})`;
	}

	/** Lines of a foreign key, and of the columns that it needs. */
	#reference(table: Table, name: string, parent: Table): string[] {
		const key = `${name}_fk${table.keys.length}`;
		const isSelf = parent === table;
		const kind = isSelf ? "id" : this.#random.pick(["id", "u", "both", "own id"]);
		const takes = kind === "own id" ? "CASCADE" : this.#random.pick(actions);
		const onUpdate = kind === "own id" ? "CASCADE" : this.#random.pick(actions);
		table.keys.push(key);
		const rules = `ON DELETE ${takes} ON UPDATE ${onUpdate}`;
		const to = (columns: string): string => `REFERENCES ${parent.name} (${columns}) ${rules}`;
		if (kind === "own id") return [`CONSTRAINT ${key} FOREIGN KEY (id) ${to("id")}`];
		const own = kind === "both" ? [`${key}x`, `${key}y`] : [`${key}x`];
		table.columns.push(...own);
		const line = `CONSTRAINT ${key} FOREIGN KEY (${own.join(", ")}) ${to(kind === "both" ? "u, v" : kind)}`;
		return [...own.map((column) => `${column} INT`), line];
	}

	async #transaction(db: Connection): Promise<void> {
		await db.query("BEGIN");
		for (let left = this.#random.integer(1, 5); left > 0; left -= 1) {
			await this.#try(db, this.#statement());
			if (this.#random.integer(1, 4) > 1) continue;
			await db.query("SAVEPOINT here");
			await this.#try(db, this.#statement());
			await db.query("ROLLBACK TO SAVEPOINT here");
		}
		await db.query(this.#random.integer(1, 4) === 1 ? "ROLLBACK" : "COMMIT");
	}

	async #xaTransaction(db: Connection): Promise<void> {
		this.#xids += 1;
		const xid = `'${this.#prefix}${this.#xids}'`;
		await db.query(`XA START ${xid}`);
		for (let left = this.#random.integer(1, 3); left > 0; left -= 1) await this.#try(db, this.#statement());
		await db.query(`XA END ${xid}; XA PREPARE ${xid}`);
		await db.query(`XA ${this.#random.pick(["COMMIT", "COMMIT", "ROLLBACK"])} ${xid}`);
	}

	async #try(db: Connection, sql: string): Promise<void> {
		await db.query(sql).catch((error: { errno: number }) => {
			if (!refusals.has(error.errno)) throw error;
		});
	}

	#statement(): string {
		const { name, columns } = this.#table();
		const values = columns.map((column) => (column === "id" ? this.#id() : this.#nullable()));
		const row = `${name} (${columns.join(", ")}) VALUES (${values.join(", ")})`;
		const column = this.#random.pick(columns as [string, ...string[]]);
		const value = column === "id" ? this.#id() : this.#nullable();
		switch (this.#random.integer(1, 10)) {
			case 1:
				return `DELETE FROM ${name} WHERE id = ${this.#id()}`;
			case 2:
				return `DELETE FROM ${name} WHERE u BETWEEN ${this.#id()} AND ${this.#id()}`;
			case 3:
				return `REPLACE INTO ${row}`;
			case 4:
				return `INSERT INTO ${row} ON DUPLICATE KEY UPDATE ${column} = ${value}`;
			case 5:
				return `UPDATE ${name} SET ${column} = ${value} WHERE id = ${this.#id()}`;
			case 6:
				return `UPDATE ${name} SET id = id + ${this.#random.pick(["1", "20", "-20"])} WHERE u > ${this.#id()} ORDER BY id DESC`;
			case 7:
				return `UPDATE ${name} SET u = ${this.#id()}, v = ${this.#id()} WHERE id = ${this.#id()}`;
			default:
				return `INSERT IGNORE INTO ${row}`;
		}
	}

	#table(): Table {
		return this.#random.pick(this.tables as [Table, ...Table[]]);
	}

	#id(): string {
		return String(this.#random.integer(1, 12));
	}

	#nullable(): string {
		return this.#random.integer(1, 5) === 1 ? "NULL" : this.#id();
	}
}

/** That each table of the schema `shop` is in the lake what it is at the source, each row as often. */
export async function expectSame(
	db: Connection,
	stack: TestStack,
	{ tables }: RandomForeignKeys,
	said: readonly string[],
): Promise<void> {
	for (const { name, columns, isKeyed } of tables.filter((table) => table.name.startsWith("shop."))) {
		await until(async () => (await stack.statistics(name))?.state === "Table completed");
		const list = columns.join(", ");
		const rows = isKeyed
			? await sourceRows(db, `SELECT ${list} FROM ${name} ORDER BY id`)
			: await sourceRows(db, `SELECT ${list}, COUNT(*) AS n_rows FROM ${name} GROUP BY ${list}`);
		const folder = name.replace(".", "/");
		// A load of no rows leaves no file.
		const isEmpty = (await stack.files("shop", name.slice("shop.".length))).length === 0;
		const fold = isKeyed ? foldByKey(stack, folder, ["id"], columns) : foldAsBag(stack, folder, columns);
		const sorted = (some: readonly unknown[]): string[] =>
			some.map((row) => Object.values(row as object).join("\t")).sort();
		expect(sorted(isEmpty ? [] : await fold), `${name} after\n${said.join(";\n")}`).toEqual(sorted(rows));
	}
}
