import type { Connection } from "mysql2/promise";
import { expect } from "vitest";
import { poll } from "../../cli/common/poll.ts";
import { BinlogStream } from "../../cli/engines/local/replication/binlog/binlogStream.ts";
import type { RowsEvent } from "../../cli/engines/local/replication/decode/rowsEvent.ts";
import { statementsBetween } from "../../cli/engines/local/replication/follow/statementsBetween.ts";
import { comparePositions, type Position } from "../../cli/engines/local/replication/model/position.ts";
import { asWritten } from "../../cli/engines/local/replication/model/storedName.ts";
import { Server } from "../../cli/engines/local/replication/mysql/server.ts";
import { type ColumnType, columnType } from "../../cli/engines/local/replication/parquet/columnType.ts";
import type { SourceAccess } from "../../cli/engines/mysql/access.ts";
import { values } from "../support/cases.ts";
import { test } from "../support/serverFixtures.ts";
import { columnTypes } from "../support/values/columnTypes.ts";
import { type Literal, textOf } from "../support/values/literals.ts";
import { Random } from "../support/values/random.ts";
import { loaded, logged } from "../support/values/stored.ts";

/** Values, as the raw zone would hold them, by the rows' ids. */
type Rows = Map<unknown, string>;

const count = values();
const insertRows = 500;
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const schema = "differential";
/** 100,000 values take minutes. */
const longMs = 3_600_000;
/** How many differences of a type are shown. */
const mostShown = 3;

let db: Connection;
let access: SourceAccess;
let server: Server;

test.beforeAll(async ({ server: source, db: connection }) => {
	db = connection;
	await db.query(`CREATE DATABASE ${schema} CHARACTER SET utf8mb4; USE ${schema};
		SET SESSION sql_mode = '', time_zone = '+05:30'`);
	access = { host: "127.0.0.1", port: source.port, user: "root", password: "", tls: "DISABLED", schemas: [schema] };
	server = await Server.connect(access);
	return () => server.close();
});

/** As the full load reads them. */
async function selected(type: ColumnType): Promise<Rows> {
	const ids = await server.rows(`SELECT id FROM ${schema}.t ORDER BY id`);
	const texts = await loaded(server, `SELECT v FROM ${schema}.t ORDER BY id`, type);
	return new Map(ids.map(({ id }, index) => [id, texts[index] ?? ""]));
}

/** Rows of the binlog's inserts, and of its updates before and after, from one position to another. */
async function changes(
	from: Position,
	to: Position,
	type: ColumnType,
): Promise<Record<"I" | "before" | "after", Rows>> {
	const inserts: RowsEvent[] = [];
	const updates: RowsEvent[] = [];
	const stream = new BinlogStream(access, 4_000_000, (name) => name.schema === schema, from);
	let { file, offset } = from;
	try {
		await poll({ firstMs: 1 }, async () => {
			for (const event of await stream.take(1000)) {
				if (event.kind === "rotate") ({ file, offset } = event.position);
				if (event.next > 0) offset = event.next;
				if (event.kind === "unread") throw new Error(`${event.cause}: ${event.reason}`);
				if (event.kind === "rows") (event.rows.operation === "U" ? updates : inserts).push(event.rows);
			}
			return comparePositions({ file, offset }, to) >= 0 ? true : undefined;
		});
	} finally {
		await stream.close();
	}
	const updated = logged(updates, type);
	return { I: new Map(logged(inserts, type).rows), before: new Map(updated.before), after: new Map(updated.rows) };
}

function differences(wanted: Rows, found: Rows): unknown[] {
	const shown: unknown[] = [];
	for (const [id, value] of wanted) {
		if (found.get(id) !== value && shown.length < mostShown) shown.push({ id, select: value, binlog: found.get(id) });
	}
	return found.size === wanted.size ? shown : [...shown, `${found.size} rows in place of ${wanted.size}`];
}

async function compare(declared: string, literal: Literal): Promise<void> {
	const random = new Random(seed);
	await db.query(`DROP TABLE IF EXISTS t; CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, v ${declared})`);
	const from = await server.currentPosition();
	for (let made = 0; made < count; made += insertRows) {
		const some = Array.from({ length: Math.min(insertRows, count - made) }, () =>
			random.fraction() < 0.03 ? "(NULL)" : `(${literal(random)})`,
		);
		await db.query(`INSERT IGNORE INTO t (v) VALUES ${some.join(", ")}`);
	}
	const [column] = await server.rows(
		"SELECT COLUMN_TYPE AS type FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = 't' AND COLUMN_NAME = 'v'",
		[schema],
	);
	const type = columnType(String(column?.type));
	const inserted = await selected(type);
	expect(inserted.size).toBe(count);
	await db.query("UPDATE IGNORE t a JOIN t b ON b.id = a.id + 1 SET a.v = b.v");
	const updated = await selected(type);
	const { I, before, after } = await changes(from, await server.currentPosition(), type);
	expect(differences(inserted, I), `inserted, SEED=${seed}`).toEqual([]);
	// A row whose value stays is not logged.
	for (const id of before.keys()) expect(before.get(id), `before an update, SEED=${seed}`).toBe(inserted.get(id));
	const changed = new Map([...inserted, ...after]);
	expect(differences(updated, changed), `updated, SEED=${seed}`).toEqual([]);
	expect(after.size).toBeGreaterThan(0);
}

test.for(columnTypes.map(([declared, literal]) => [declared.slice(0, 40), declared, literal] as const))(
	"%s: the binlog's values are those that the server selects",
	{ timeout: longMs },
	([, declared, literal]) => compare(declared, literal),
);

test("text of every character set: the binlog's values are those that the server selects", {
	timeout: longMs,
}, async () => {
	const found = await server.rows("SELECT CHARACTER_SET_NAME AS name FROM INFORMATION_SCHEMA.CHARACTER_SETS");
	const charsets = found.map(({ name }) => String(name)).filter((name) => name !== "binary" && name !== "filename");
	expect(charsets.length).toBeGreaterThan(30);
	for (const charset of charsets) {
		await compare(`VARCHAR(200) CHARACTER SET ${charset}`, textOf(charset)).catch((error: unknown) => {
			throw new Error(`${charset}: ${(error as Error).message}`, { cause: error });
		});
	}
});

test("the statements that a snapshot has behind it are read ahead, through the files of the binlog", async () => {
	const columns = (statements: Awaited<ReturnType<typeof statementsBetween>>): unknown[] =>
		statements.flatMap((one): unknown[] =>
			one.kind === "alter" ? [one.alteration] : one.kind === "create" ? [one.table] : [],
		);
	const between = (from: Position, to: Position) =>
		statementsBetween(access, 4_000_001, asWritten, from, to, new AbortController().signal);
	const from = await server.currentPosition();
	await db.query("CREATE TABLE ahead (id INT PRIMARY KEY, a INT, b INT); INSERT INTO ahead VALUES (1, 2, 3)");
	await db.query("FLUSH BINARY LOGS; ALTER TABLE ahead RENAME COLUMN a TO c, ADD a INT");
	const to = await server.currentPosition();
	await db.query("ALTER TABLE ahead DROP COLUMN b");
	expect(columns(await between(from, to))).toMatchObject([
		{ schema, table: "ahead" },
		{ renamed: [{ from: "a", to: "c" }], added: ["a"] },
	]);
	expect(columns(await between(to, await server.currentPosition()))).toMatchObject([{ dropped: ["b"] }]);
	expect(await between(to, to)).toEqual([]);
});
