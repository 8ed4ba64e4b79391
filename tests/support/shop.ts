import type { Connection } from "mysql2/promise";
import { expect } from "vitest";
import { foldByKey, sourceRows } from "./fold.ts";
import type { TestServer } from "./mariadb.ts";
import { makeStack, type TestStack, until } from "./replicator.ts";

/** A schema of a test's own with a table `t` of three rows, and a stack that replicates it. */
export interface Shop {
	stack: TestStack;
	schema: string;
	/** Waits until the statistics of `t` say so many. */
	changes(wanted: "inserts" | "updates" | "deletes", count: number): Promise<unknown>;
	/** What the raw files make of `t` is what the source holds. */
	expectEqual(): Promise<void>;
}

/** Makes shops on a server, and removes their stacks. */
export class Shops {
	readonly #server: TestServer;
	readonly #db: Connection;
	readonly #stacks: TestStack[] = [];
	#number = 0;

	/** @param db whose current schema becomes that of the newest shop. */
	constructor(server: TestServer, db: Connection) {
		this.#server = server;
		this.#db = db;
	}

	async make(): Promise<Shop> {
		this.#number += 1;
		const schema = `shop-${this.#number}`;
		await this.#db.query(`CREATE DATABASE \`${schema}\` CHARACTER SET utf8mb4; USE \`${schema}\`;
			CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(50)); INSERT INTO t VALUES (1, 'one'), (2, 'zwö'), (3, '三 🎉')`);
		const stack = await this.stackOf([schema]);
		return {
			stack,
			schema,
			changes: (wanted, count) => until(async () => (await stack.statistics(`${schema}.t`))?.[wanted] === count),
			expectEqual: async () => {
				expect(await foldByKey(stack, `${schema}/t`, ["id"], ["id", "name"])).toEqual(
					await sourceRows(this.#db, `SELECT id, name FROM \`${schema}\`.t ORDER BY id`),
				);
			},
		};
	}

	async stackOf(schemas: string[]): Promise<TestStack> {
		const stack = await makeStack(this.#server.port, schemas);
		this.#stacks.push(stack);
		return stack;
	}

	/** To be called after each test. */
	async removeStacks(): Promise<void> {
		for (const stack of this.#stacks.splice(0)) await stack.remove();
	}
}
