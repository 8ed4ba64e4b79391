import type { Random } from "./values/random.ts";

interface Column {
	name: string;
	kind: Kind;
}

type Kind = "INT" | "BIGINT" | "VARCHAR(20)" | "VARCHAR(40)" | "DECIMAL(8,2)";

interface Table {
	isKeyed: boolean;
	/** Without `id`, which every table has. */
	columns: Column[];
}

const kinds: [Kind, ...Kind[]] = ["INT", "BIGINT", "VARCHAR(20)", "DECIMAL(8,2)"];
const wider: Partial<Record<Kind, Kind>> = { INT: "BIGINT", "VARCHAR(20)": "VARCHAR(40)" };
const most = 5;

/** Makes statements that a server takes, of tables, their columns and their rows, in an order that only the seed decides. */
export class RandomDdl {
	/** The tables as they are after the statements. */
	readonly tables = new Map<string, Table>();
	readonly #random: Random;
	#names = 0;
	#ids = 0;

	constructor(random: Random) {
		this.#random = random;
	}

	next(): string {
		if (this.tables.size === 0) return this.#create();
		const kind = this.#random.integer(1, 100);
		if (kind <= 50) return this.#rows();
		if (kind <= 58) return this.tables.size < most ? this.#create() : this.#drop();
		if (kind <= 62) return this.tables.size < most ? this.#copy() : this.#drop();
		if (kind <= 66) return this.#drop();
		if (kind <= 70) return `TRUNCATE TABLE ${this.#table()[0]}`;
		if (kind <= 75) return this.#rename();
		if (kind <= 79) return this.#swap();
		return this.#alter();
	}

	#create(): string {
		const columns = Array.from({ length: this.#random.integer(1, 3) }, () => this.#column());
		return this.#add({ isKeyed: this.#random.integer(1, 4) > 1, columns });
	}

	#add(table: Table): string {
		const name = this.#name("r");
		this.tables.set(name, table);
		const key = table.isKeyed ? "INT PRIMARY KEY" : "INT NOT NULL";
		return `CREATE TABLE ${name} (id ${key}, ${table.columns.map((column) => `${column.name} ${column.kind}`).join(", ")})`;
	}

	#copy(): string {
		const [of, { isKeyed, columns }] = this.#table();
		const name = this.#name("r");
		const withRows = this.#random.integer(0, 1) === 1;
		this.tables.set(name, { isKeyed: isKeyed && !withRows, columns: [...columns] });
		return withRows ? `CREATE TABLE ${name} AS SELECT * FROM ${of}` : `CREATE TABLE ${name} LIKE ${of}`;
	}

	#drop(): string {
		const [name] = this.#table();
		this.tables.delete(name);
		return `DROP TABLE ${name}`;
	}

	#rename(): string {
		const [from, table] = this.#table();
		const to = this.#name("r");
		this.tables.delete(from);
		this.tables.set(to, table);
		return this.#random.integer(0, 1) === 1 ? `RENAME TABLE ${from} TO ${to}` : `ALTER TABLE ${from} RENAME TO ${to}`;
	}

	/** As tools that change schemas online do it. */
	#swap(): string {
		const [[a, ofA], [b, ofB]] = [this.#table(), this.#table()];
		if (a === b) return this.#rows();
		this.tables.set(a, ofB).set(b, ofA);
		return `RENAME TABLE ${a} TO swapped, ${b} TO ${a}, swapped TO ${b}`;
	}

	#alter(): string {
		const [name, table] = this.#table();
		const at = this.#random.integer(0, table.columns.length - 1);
		const column = table.columns[at] as Column;
		switch (this.#random.integer(1, 6)) {
			case 1: {
				const added = this.#column();
				table.columns.push(added);
				const value = this.#random.pick(["", ` NOT NULL DEFAULT ${this.#value(added)}`]);
				return `ALTER TABLE ${name} ADD COLUMN ${added.name} ${added.kind}${value}`;
			}
			case 2: {
				const [added, place] = [this.#column(), this.#random.pick(["FIRST", "AFTER id"])];
				table.columns.unshift(added);
				return `ALTER TABLE ${name} ADD COLUMN ${added.name} ${added.kind} ${place}`;
			}
			case 3:
				if (table.columns.length === 1) return this.#rows();
				table.columns.splice(at, 1);
				return `ALTER TABLE ${name} DROP COLUMN ${column.name}`;
			case 4: {
				const to = this.#name("c");
				table.columns[at] = { ...column, name: to };
				return `ALTER TABLE ${name} RENAME COLUMN ${column.name} TO ${to}`;
			}
			case 5: {
				const kind = wider[column.kind] ?? column.kind;
				table.columns[at] = { ...column, kind };
				return `ALTER TABLE ${name} MODIFY COLUMN ${column.name} ${kind}`;
			}
			default:
				if (!table.isKeyed) return this.#rows();
				table.isKeyed = false;
				return `ALTER TABLE ${name} DROP PRIMARY KEY`;
		}
	}

	#rows(): string {
		const [name, { columns }] = this.#table();
		const column = this.#random.pick(columns as [Column, ...Column[]]);
		const part = `id % 5 = ${this.#random.integer(0, 4)}`;
		switch (this.#random.integer(1, 5)) {
			case 1:
				return `DELETE FROM ${name} WHERE ${part}`;
			case 2:
				return `UPDATE ${name} SET ${column.name} = ${this.#value(column)} WHERE ${part}`;
			default: {
				const rows = Array.from({ length: this.#random.integer(1, 4) }, () => {
					this.#ids += 1;
					return `(${[this.#ids, ...columns.map((one) => this.#value(one))].join(", ")})`;
				});
				return `INSERT INTO ${name} (${["id", ...columns.map((one) => one.name)].join(", ")}) VALUES ${rows.join(", ")}`;
			}
		}
	}

	#table(): [string, Table] {
		return this.#random.pick([...this.tables] as [[string, Table], ...[string, Table][]]);
	}

	#column(): Column {
		return { name: this.#name("c"), kind: this.#random.pick(kinds) };
	}

	/** A name may be one that was in use before. */
	#name(prefix: "r" | "c"): string {
		if (prefix === "r" && this.#random.integer(1, 3) === 1) {
			const former = Array.from({ length: this.#names }, (_, at) => `r${at + 1}`).filter(
				(name) => !this.tables.has(name),
			);
			if (former.length > 0) return this.#random.pick(former as [string, ...string[]]);
		}
		this.#names += 1;
		return `${prefix}${this.#names}`;
	}

	#value({ kind }: Column): string {
		if (kind.startsWith("VARCHAR")) return `'${this.#random.pick(["", "a", "zwö", "it''s", this.#random.digits(20)])}'`;
		if (kind.startsWith("DECIMAL")) return `${this.#random.integer(-999, 999)}.${this.#random.digits(2)}`;
		return String(this.#random.integer(-2_000_000_000, 2_000_000_000));
	}
}
