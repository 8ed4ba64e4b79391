import { expect } from "vitest";
import { rounds } from "../support/cases.ts";
import { test as base } from "../support/ddlFixtures.ts";
import { foldByKey, sourceRows } from "../support/fold.ts";
import { until } from "../support/replicator.ts";
import { isMySql } from "../support/servers/source.ts";
import { Random } from "../support/values/random.ts";

/** MySQL as it was before 9.6. MariaDB never logs what foreign keys do. */
const test = base.extend("settings", { scope: "file" }, () => (isMySql ? ["innodb-native-foreign-keys=ON"] : []));

const tables = ["parents", "children", "grandchildren", "tree", "chain"] as const;
const columns = {
	parents: ["id", "u"],
	children: ["id", "u"],
	grandchildren: ["id"],
	tree: ["id", "up"],
	chain: ["id", "next"],
} satisfies Record<(typeof tables)[number], string[]>;
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

test.beforeAll(async ({ db, settle }) => {
	await db.query(`CREATE TABLE parents (id INT PRIMARY KEY, u INT UNIQUE);
		CREATE TABLE children (id INT PRIMARY KEY, u INT,
			FOREIGN KEY (id) REFERENCES parents (id) ON DELETE CASCADE ON UPDATE CASCADE,
			FOREIGN KEY (u) REFERENCES parents (u) ON DELETE SET NULL ON UPDATE CASCADE);
		CREATE TABLE grandchildren (id INT PRIMARY KEY,
			FOREIGN KEY (id) REFERENCES children (id) ON DELETE CASCADE ON UPDATE CASCADE);
		CREATE TABLE tree (id INT PRIMARY KEY, up INT, FOREIGN KEY (up) REFERENCES tree (id) ON DELETE CASCADE);
		CREATE TABLE chain (id INT PRIMARY KEY, next INT, FOREIGN KEY (next) REFERENCES chain (id) ON DELETE SET NULL)`);
	await settle();
});

test("children, their children and references to oneself are as at the source after changes of parents", async ({
	db,
	settle,
	stack,
}) => {
	const random = new Random(seed);
	const id = (): number => random.integer(1, 12);
	for (let round = 0; round < rounds(30, 2); round += 1) {
		for (let change = 0; change < 40; change += 1) {
			const statement = random.pick([
				`INSERT INTO parents VALUES (${id()}, ${id()})`,
				`INSERT INTO children VALUES (${id()}, ${random.pick(["NULL", String(id())])})`,
				`INSERT INTO grandchildren VALUES (${id()})`,
				`INSERT INTO tree SELECT ${id()}, MAX(id) FROM tree`,
				`INSERT INTO chain SELECT ${id()}, MIN(id) FROM chain`,
				`DELETE FROM parents WHERE id = ${id()}`,
				`UPDATE parents SET id = ${id()} WHERE id = ${id()}`,
				`UPDATE parents SET u = ${id()} WHERE id = ${id()}`,
				`DELETE FROM tree WHERE id = ${id()}`,
				`DELETE FROM chain WHERE id = ${id()}`,
				`REPLACE INTO parents VALUES (${id()}, ${id()})`,
			]);
			// The server refuses doubles and what has no parent.
			await db.query(statement).catch((error: { errno: number }) => {
				if (![1062, 1452, 1451, 1761].includes(error.errno)) throw error;
			});
		}
		await settle();
		for (const table of tables) {
			await until(async () => (await stack.statistics(`shop.${table}`))?.state === "Table completed");
			const rows = await sourceRows(db, `SELECT ${columns[table].join(", ")} FROM ${table} ORDER BY id`);
			// A load of no rows leaves no file.
			const isEmpty = (await stack.files("shop", table)).length === 0;
			const found = isEmpty ? [] : await foldByKey(stack, `shop/${table}`, ["id"], columns[table]);
			expect(found, `${table}, SEED=${seed}, round ${round}`).toEqual(rows);
		}
	}
});

test("the status names the tables", async ({ stack }) => {
	expect((await stack.replication.status()).cascading).toEqual(
		["children", "chain", "grandchildren", "tree"].map((table) => `shop.${table}`).sort(),
	);
});

test("a parent's change that touches no key reloads nothing", async ({ db, settle, stack }) => {
	await db.query(`CREATE TABLE owners (id INT PRIMARY KEY, name VARCHAR(10)); CREATE TABLE pets (id INT PRIMARY KEY,
		owner INT, FOREIGN KEY (owner) REFERENCES owners (id) ON DELETE CASCADE ON UPDATE CASCADE);
		INSERT INTO owners VALUES (1, 'one'), (2, 'two'); INSERT INTO pets VALUES (1, 1), (2, 2);
		UPDATE owners SET name = 'uno' WHERE id = 1`);
	await settle();
	expect(await stack.files("shop", "pets")).not.toContain("LOAD00000001.parquet");
	await db.query("DELETE FROM owners WHERE id = 2");
	await settle();
	await until(async () => (await stack.files("shop", "pets")).includes("LOAD00000001.parquet"));
});

test("a foreign key that was dropped while changes were not read still counts", async ({
	db,
	server,
	settle,
	stack,
	folded,
}) => {
	await db.query(`CREATE TABLE hosts (id INT PRIMARY KEY); CREATE TABLE guests (id INT PRIMARY KEY, host INT,
		CONSTRAINT fk FOREIGN KEY (host) REFERENCES hosts (id) ON DELETE SET NULL);
		INSERT INTO hosts VALUES (1), (2); INSERT INTO guests VALUES (1, 1), (2, 2)`);
	await settle();
	await stack.replication.stop(stack.context);
	const later = await server.connect({ database: "shop" });
	await later.query("DELETE FROM hosts WHERE id = 1; ALTER TABLE guests DROP FOREIGN KEY fk");
	await stack.replication.start(stack.context, { batchInterval: 0.2 });
	await settle();
	await until(async () => (await stack.statistics("shop.guests"))?.state === "Table completed");
	expect(await folded("guests", "id, host")).toEqual([
		{ id: 1, host: null },
		{ id: 2, host: 2 },
	]);
});
