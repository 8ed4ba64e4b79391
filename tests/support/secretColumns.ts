import type { Rules } from "../../cli/engines/local/replication/model/rules.ts";
import { FakeSource } from "./fakeReader.ts";

/** A statement on tables whose columns may hold secrets. */
export type Change =
	| { kind: "alter"; table: string; renames: (readonly [string, string])[]; adds: string[]; drops: string[] }
	| { kind: "rename"; pairs: (readonly [string, string])[] }
	| { kind: "create"; table: string; columns: string[] }
	| { kind: "drop"; table: string };

export const alter = (table: string, more: Partial<Extract<Change, { kind: "alter" }>>): Change => ({
	...{ kind: "alter", table, renames: [], adds: [], drops: [] },
	...more,
});
export const rename = (...pairs: (readonly [string, string])[]): Change => ({ kind: "rename", pairs });

/** A source that knows which of its columns hold secrets. */
export class Secrets {
	readonly source = new FakeSource();
	/** For each table its columns, by name, with whether they hold secrets; at each place of the log. */
	readonly history: Map<string, Map<string, boolean>>[] = [];
	/** Tables that had a name which is not replicated, by the names that they have: what they hold was not read there. */
	readonly hidden = new Set<string>();
	readonly #rules: Rules;
	#now = new Map<string, Map<string, boolean>>();

	/** @param rules what they withhold by the name of a new column is a secret. */
	constructor(rules: Rules, tables: Record<string, string[]>) {
		this.#rules = rules;
		for (const [table, columns] of Object.entries(tables)) {
			this.#now.set(table, new Map(columns.map((column) => [column, this.#isMasked(table, column)])));
			this.source.tables.set(`shop.${table}`, columns);
		}
		this.history.push(structuredClone(this.#now));
	}

	/** @returns whether the change was possible. */
	apply(change: Change): boolean {
		const next = structuredClone(this.#now);
		const sql = this.#change(next, change);
		if (sql === undefined) return false;
		this.#now = next;
		this.history.push(structuredClone(next));
		this.source.execute(sql, (tables) => {
			tables.clear();
			for (const [table, columns] of next) tables.set(`shop.${table}`, [...columns.keys()]);
		});
		return true;
	}

	#isMasked(table: string, column: string): boolean {
		return this.#rules.action({ schema: "shop", table }, column) !== "keep";
	}

	#change(tables: Map<string, Map<string, boolean>>, change: Change): string | undefined {
		switch (change.kind) {
			case "alter":
				return this.#alter(tables, change);
			case "rename":
				return this.#rename(tables, change.pairs);
			case "drop":
				return tables.delete(change.table) ? `DROP TABLE ${change.table}` : undefined;
			default: {
				const { table, columns } = change;
				if (tables.has(table)) return undefined;
				tables.set(table, new Map(columns.map((column) => [column, this.#isMasked(table, column)])));
				return `CREATE TABLE ${table} (id INT PRIMARY KEY, ${columns.map((column) => `${column} VARCHAR(40)`).join(", ")})`;
			}
		}
	}

	#alter(
		tables: Map<string, Map<string, boolean>>,
		{ table, renames, adds, drops }: Extract<Change, { kind: "alter" }>,
	): string | undefined {
		const columns = tables.get(table);
		const froms = [...renames.map(([from]) => from), ...drops];
		if (columns === undefined || new Set(froms).size < froms.length || froms.some((one) => !columns.has(one))) {
			return undefined;
		}
		const next = [...columns].flatMap(([name, isSecret]): [string, boolean][] => {
			const to = renames.find(([from]) => from === name)?.[1] ?? name;
			// Whatever has a withheld name once is a secret from then on.
			return drops.includes(name) ? [] : [[to, isSecret || (to !== name && this.#isMasked(table, to))]];
		});
		for (const name of adds) next.push([name, this.#isMasked(table, name)]);
		if (new Set(next.map(([name]) => name)).size < next.length) return undefined;
		tables.set(table, new Map(next));
		const clauses = [
			...drops.map((name) => `DROP COLUMN ${name}`),
			...renames.map(([from, to]) => `RENAME COLUMN ${from} TO ${to}`),
			...adds.map((name) => `ADD COLUMN ${name} VARCHAR(40)`),
		];
		return clauses.length === 0 ? undefined : `ALTER TABLE ${table} ${clauses.join(", ")}`;
	}

	#rename(
		tables: Map<string, Map<string, boolean>>,
		pairs: readonly (readonly [string, string])[],
	): string | undefined {
		for (const [from, to] of pairs) {
			const columns = tables.get(from);
			if (columns === undefined || tables.has(to)) return undefined;
			tables.delete(from);
			tables.set(to, columns);
		}
		if (pairs.length === 0) return undefined;
		for (const [from, to] of pairs) {
			const isHidden = this.hidden.delete(from) || !this.#rules.isSelected({ schema: "shop", table: to }, false);
			if (isHidden) this.hidden.add(to);
			else this.hidden.delete(to);
		}
		return `RENAME TABLE ${pairs.map(([from, to]) => `${from} TO ${to}`).join(", ")}`;
	}
}
