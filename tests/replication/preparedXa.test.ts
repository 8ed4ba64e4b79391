import type { Connection, RowDataPacket } from "mysql2/promise";
import { expect } from "vitest";
import { openSnapshotAfter } from "../../cli/engines/local/replication/mysql/snapshot.ts";
import type { SourceAccess } from "../../cli/engines/mysql/access.ts";
import { test } from "../support/replicationFixtures.ts";
import { until } from "../support/replicator.ts";
import { isMySql } from "../support/servers/source.ts";
import type { TestServer } from "../support/servers/testServer.ts";
import type { Shop } from "../support/shop.ts";

const never = new AbortController().signal;

/** Leaves a transaction prepared that inserts, changes and deletes a row of `t`. Its session is gone. */
async function prepare(server: TestServer, schema: string, xid: string): Promise<void> {
	const session = await server.connect({ database: schema });
	await session.query(`XA START '${xid}'; INSERT INTO t VALUES (10, 'new'); UPDATE t SET name = 'other' WHERE id = 1;
		DELETE FROM t WHERE id = 2; XA END '${xid}'; XA PREPARE '${xid}'`);
	await session.end();
}

/** Waits until a row that is written now has arrived, and how often each row of `t` then has. */
async function rowsAfter({ stack, schema }: Shop, db: Connection, id: number): Promise<unknown[]> {
	await db.query(`INSERT INTO t VALUES (${id}, 'all before is read')`);
	await until(async () => {
		const arrived = (await stack.files(schema, "t")).length > 0;
		return arrived && (await stack.query(`SELECT 1 FROM {${schema}/t} WHERE id = ${id}`)).length > 0;
	});
	return stack.query(`SELECT CAST(id AS INTEGER) AS id, CAST(count(*) AS INTEGER) AS n FROM {${schema}/t}
		WHERE Op = 'I' GROUP BY id ORDER BY id`);
}

const once = (...ids: number[]): unknown[] => ids.map((id) => ({ id, n: 1 }));

test("transactions that are prepared before a load and end after it began count as they end, once", async ({
	shop,
	server,
	db,
}) => {
	const { stack, schema } = shop;
	await prepare(server, schema, "early");
	const session = await server.connect({ database: schema });
	await session.query("XA START 'no'; INSERT INTO t VALUES (11, 'no'); XA END 'no'; XA PREPARE 'no'");
	await session.end();
	const starting = stack.replication.start(stack.context, { batchInterval: 0.2 });
	// MySQL has no snapshot with its position while a transaction has written to the tables, which then wait for that.
	await starting;
	expect((await stack.statistics(`${schema}.t`))?.state).toBe(isMySql ? "Table is being reloaded" : "Table completed");
	await db.query("XA COMMIT 'early'; XA ROLLBACK 'no'");
	await until(async () => (await stack.statistics(`${schema}.t`))?.state === "Table completed");
	expect(await rowsAfter(shop, db, 20)).toEqual(once(1, 3, 10, 20));
	await shop.expectEqual();
});

function accessTo({ port }: TestServer, schema: string): SourceAccess {
	return { host: "127.0.0.1", port, user: "root", password: "", tls: "DISABLED", schemas: [schema] };
}

test.runIf(isMySql)(
	"an open transaction holds up the table that it has written to, and no other; it is named",
	async ({ shop: { schema }, server, db }) => {
		await db.query("CREATE TABLE other (id INT PRIMARY KEY)");
		await prepare(server, schema, "for ever");
		const names = ["other", "t"].map((table) => ({ schema, table }));
		const { readers, held, destroy } = await openSnapshotAfter(undefined, accessTo(server, schema), names, never);
		expect(held.map(({ name, error }) => [name.table, error.message])).toEqual([
			["t", expect.stringContaining("the prepared transaction 'for ever' (XA COMMIT or XA ROLLBACK)")],
		]);
		await db.query("INSERT INTO other VALUES (1)");
		expect(await readers[0].server.rows(`SELECT id FROM \`${schema}\`.other`)).toEqual([]);
		destroy();
		await db.query("XA ROLLBACK 'for ever'");
	},
);

// The last: it ends the connections of the file.
test("a prepared transaction that outlives its server holds nothing up, and counts once when it is committed", async ({
	shop,
	server,
}) => {
	const { stack, schema } = shop;
	await stack.replication.start(stack.context, { batchInterval: 0.2 });
	await prepare(server, schema, "orphan");
	await server.restart();
	const db = await server.connect({ database: schema });
	const [prepared] = await db.query<RowDataPacket[]>("XA RECOVER");
	expect(prepared.map(({ data }) => String(data))).toEqual(["orphan"]);
	expect(await rowsAfter(shop, db, 20)).toEqual(once(1, 2, 3, 20));
	await db.query("CREATE TABLE later (id INT PRIMARY KEY); INSERT INTO later VALUES (1)");
	await until(async () => (await stack.statistics(`${schema}.later`))?.inserts === 1);
	await stack.replication.reload(stack.context, [{ schema, table: "later" }]);
	expect(await stack.files(schema, "later")).toContain("LOAD00000001.parquet");
	await db.query("XA COMMIT 'orphan'");
	await until(async () => (await stack.query(`SELECT 1 FROM {${schema}/t} WHERE id = 10`)).length > 0);
	expect(await rowsAfter(shop, db, 21)).toEqual(once(1, 3, 10, 20, 21));
});
