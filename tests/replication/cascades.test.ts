import { expect } from "vitest";
import { rounds } from "../support/cases.ts";
import { test as base } from "../support/ddlFixtures.ts";
import { expectSame, RandomForeignKeys } from "../support/randomForeignKeys.ts";
import { until } from "../support/replicator.ts";
import { isMySql } from "../support/servers/source.ts";
import { Random } from "../support/values/random.ts";

/** MySQL as it was before 9.6. MariaDB never logs what foreign keys do. */
const test = base.extend("settings", { scope: "file" }, () => (isMySql ? ["loose-innodb-native-foreign-keys=ON"] : []));

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

test.for(Array.from({ length: rounds(40, 2) }, (_, at) => seed + at))(
	"children, their children and references to oneself are as at the source after changes of parents (SEED=%i)",
	async (one, { db, server, settle, stack }) => {
		const random = new Random(one);
		const made = new RandomForeignKeys(random, `k${one}_`, ["shop", "unselected"]);
		const said = made.create();
		for (const sql of said) await db.query(sql);
		await made.change(db, 30);
		await settle();
		await expectSame(db, stack, made, said);
		await stack.replication.stop(stack.context);
		const later = await server.connect({ database: "shop" });
		await made.change(later, 15);
		said.push(made.redefine());
		await later.query(said.at(-1) ?? "");
		await made.change(later, 15);
		await stack.replication.start(stack.context, { batchInterval: 0.2 });
		await made.change(later, 15);
		await settle();
		await expectSame(db, stack, made, said);
		await later.query(`SET foreign_key_checks = 0; DROP TABLE ${made.tables.map(({ name }) => name).join(", ")}`);
		await later.end();
	},
);

test("a parent's change that touches no key reloads nothing", async ({ db, settle, stack }) => {
	await db.query(`CREATE TABLE owners (id INT PRIMARY KEY, name VARCHAR(10)); CREATE TABLE pets (id INT PRIMARY KEY,
		owner INT, FOREIGN KEY (owner) REFERENCES owners (id) ON DELETE CASCADE ON UPDATE CASCADE);
		INSERT INTO owners VALUES (1, 'one'), (2, 'two'); INSERT INTO pets VALUES (1, 1), (2, 2);
		UPDATE owners SET name = 'uno' WHERE id = 1`);
	await settle();
	expect(await stack.files("shop", "pets")).not.toContain("LOAD00000001.parquet");
	// Not those of other schemas, which only lead to ours.
	const { cascading } = await stack.replication.status();
	expect(cascading).toContain("shop.pets");
	expect(cascading?.filter((table) => !table.startsWith("shop."))).toEqual([]);
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
