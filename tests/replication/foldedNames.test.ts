import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RowDataPacket } from "mysql2/promise";
import { expect } from "vitest";
import type { ReconcileReport } from "../../cli/actions/reconcile/report.ts";
import { test as base } from "../support/cliFixtures.ts";
import { secret } from "../support/reconciled.ts";

/**
 * A server that keeps names of schemas and tables in lower case, whatever statements, and the definition, write. On Linux there is no
 * other that folds them: MySQL and MariaDB take lower_case_table_names=2 for 0 where the file system knows case.
 */
const test = base.extend("settings", { scope: "file" }, (): readonly string[] => ["lower_case_table_names=1"]);

const definition = `name: own
source:
  schemas:
    own: { tables: { include: [Clients, Kept*, Renamed, LATER, Ა, i], exclude: [KeptNot] }, new_tables: ignore }
tables:
  own.Clients: { columns: { Secret: drop } }
  own.Renamed: { columns: { SECRET: drop } }
`;

test.runIf(process.env.ALL_FAULTS === "1")(
	"names are the server's in the lake, however the definition and statements write them",
	async ({ stack, folder, server, db }) => {
		const own = join(folder, "definition");
		await mkdir(own);
		await writeFile(join(own, "pipeline.yaml"), definition);
		await db.query(`CREATE DATABASE Own; USE OWN;
		CREATE TABLE Clients (Id INT PRIMARY KEY, Name VARCHAR(20), secret VARCHAR(20)); INSERT INTO CLIENTS VALUES (1, 'a', 'x'), (2, 'b', 'y');
		CREATE TABLE Kept_One (id INT PRIMARY KEY, V INT); INSERT INTO kept_one VALUES (1, 1);
		CREATE TABLE KEPTNOT (id INT PRIMARY KEY); CREATE TABLE Later (gone INT);
		CREATE TABLE Renamed (id INT PRIMARY KEY, secret INT);
		CREATE TABLE Ა (id INT PRIMARY KEY); CREATE TABLE İ (id INT PRIMARY KEY); INSERT INTO Ა VALUES (1); INSERT INTO İ VALUES (1);
		CREATE USER 'repl'@'%' IDENTIFIED BY 'secret'; GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO 'repl'@'%';
		GRANT SELECT, LOCK TABLES ON own.* TO 'repl'@'%'`);
		await stack.json(["source", "up", "--pipeline", own], {
			PIPELINE_SOURCE_URL: `mysql://repl:secret@127.0.0.1:${server.port}/?ssl-mode=DISABLED`,
		});
		await stack.json(["replication", "start", "--batch-interval", "1"], secret);
		await db.query(`UPDATE Clients SET NAME = 'B' WHERE ID = 2; DELETE FROM cLiEnTs WHERE id = 1; INSERT INTO OWN.Clients VALUES (3, 'c', 'z');
		RENAME TABLE Kept_One TO KEPT_two, Own.Kept_TWO TO kept_THREE; UPDATE Kept_Three SET v = 3;
		RENAME TABLE RENAMED TO Renamed_x, RENAMED_X TO renamed; INSERT INTO RENAMED VALUES (7, 8);
		DROP TABLE LATER; CREATE TABLE Later (id INT PRIMARY KEY, V INT); INSERT INTO LATER VALUES (5, 5);
		CREATE TABLE Kept_New (id INT PRIMARY KEY); INSERT INTO KEPT_NEW VALUES (1);
		ALTER TABLE CLIENTS ADD COLUMN More INT DEFAULT 7; TRUNCATE TABLE Later; INSERT INTO later VALUES (6, 6);
		ALTER TABLE Ა ADD COLUMN more INT DEFAULT 7; TRUNCATE TABLE İ; INSERT INTO İ VALUES (2); INSERT INTO Ა VALUES (2, 8)`);
		await stack.json(["run-etl"], secret);
		const report = await stack.json<ReconcileReport>(["reconcile"], secret);
		// Of these two the server has another lower case than we have, or none.
		const [[lower]] = await db.query<RowDataPacket[]>("SELECT LOWER('İ') AS i, LOWER('Ა') AS georgian");
		expect(report.tables.map(({ schema, table, state }) => [schema, table, state])).toEqual(
			["clients", lower?.i, "later", "renamed", lower?.georgian].sort().map((table) => ["own", table, "equal"]),
		);
		const query = async (sql: string): Promise<string[][]> => {
			const { rows } = await stack.json<{ rows: unknown[][] }>(["query", sql], secret);
			return rows.map((row) => row.map(String));
		};
		expect(await query("SELECT * FROM clients ORDER BY 1")).toEqual([
			["2", "B", "7"],
			["3", "c", "7"],
		]);
		expect(await query("SELECT * FROM later")).toEqual([["6", "6"]]);
		expect(await query("SELECT * FROM renamed")).toEqual([["7"]]);
	},
);
