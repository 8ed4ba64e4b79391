import type { Connection } from "mysql2/promise";
import { expect } from "vitest";
import { test } from "../support/ddlFixtures.ts";
import { type TestStack, until } from "../support/replicator.ts";
import { isMySql } from "../support/servers/source.ts";

/** What holds a table up that is to be loaded; the snapshots of MariaDB need no lock, so that a transaction does not. */
const holds: readonly [what: string, hold: (table: string) => string, letGo: string][] = [
	["LOCK TABLES", (table) => `LOCK TABLES ${table} WRITE; INSERT INTO ${table} VALUES (9, 'nine', 9)`, "UNLOCK TABLES"],
	["a transaction", (table) => `BEGIN; INSERT INTO ${table} VALUES (9, 'nine', 9)`, "COMMIT"],
];
const rows = [
	{ id: 1, a: "one" },
	{ id: 2, a: "two" },
	{ id: 9, a: "nine" },
];

function reloaded(stack: TestStack, table: string): Promise<void> {
	return stack.replication.reload(stack.context, [{ schema: "shop", table }]);
}

/** By itself a table is tried again after some seconds; that is only waited for where there is time. */
async function freed(stack: TestStack, table: string): Promise<void> {
	if (process.env.ALL_FAULTS !== "1") await reloaded(stack, table);
}

/** Changes of another table arrive. */
async function othersGoOn(db: Connection, table: string, applied: (table: string, wanted: object) => Promise<unknown>) {
	await db.query(`CREATE TABLE ${table} (id INT PRIMARY KEY); INSERT INTO ${table} VALUES (1)`);
	await applied(table, { inserts: 1 });
}

test.for(isMySql ? holds : holds.slice(0, 1))(
	"%s that does not end holds up its own table's reload, and nothing else",
	async ([what, hold, letGo], { t, db, server, stack, applied, settle, folded }) => {
		const holder = await server.connect({ database: "shop" });
		await holder.query(hold(t));
		const refused = reloaded(stack, t);
		await expect(refused).rejects.toThrow(`shop.${t} could not be reloaded yet`);
		await refused.catch((error: { text: { why: string } }) => {
			expect(error.text.why).toContain(what === "LOCK TABLES" ? "SHOW PROCESSLIST" : "(KILL ");
		});
		expect(await stack.statistics(`shop.${t}`)).toMatchObject({ state: "Table is being reloaded" });
		const { text, waiting, lastError } = await stack.replication.status();
		expect([text, lastError]).toEqual(["Load complete, replication ongoing, 1 table waits", undefined]);
		expect(waiting).toEqual([expect.stringContaining(`shop.${t}: `)]);
		await othersGoOn(db, `beside_${t}`, applied);
		await holder.query(letGo);
		await holder.end();
		await freed(stack, t);
		await until(async () => (await stack.statistics(`shop.${t}`))?.state === "Table completed");
		await settle();
		expect(await folded(t, "id, a")).toEqual(rows);
		expect((await stack.replication.status()).waiting).toBeUndefined();
	},
);

test("a table that is locked from its beginning, as by a dump that is read in, does not hold up others", async ({
	t,
	db,
	server,
	stack,
	applied,
	folded,
}) => {
	const dump = await server.connect({ database: "shop" });
	await dump.query(`CREATE TABLE dump_${t} (id INT PRIMARY KEY, a VARCHAR(10)); LOCK TABLES dump_${t} WRITE;
		INSERT INTO dump_${t} VALUES (1, 'one'), (2, 'two')`);
	await othersGoOn(db, `beside_${t}`, applied);
	await dump.query(`INSERT INTO dump_${t} VALUES (9, 'nine'); UNLOCK TABLES`);
	await dump.end();
	await freed(stack, `dump_${t}`);
	await until(async () => (await stack.statistics(`shop.dump_${t}`))?.state === "Table completed");
	expect(await folded(`dump_${t}`, "id, a")).toEqual(rows);
});
