import { expect } from "vitest";
import { test } from "../support/ddlFixtures.ts";

const count = 1_000;

test.runIf(process.env.ALL_FAULTS === "1").for([
	["by statements that the binlog has", "", ""],
	["behind its back", "SET SESSION sql_log_bin = OFF;", "SET SESSION sql_log_bin = ON;"],
])(
	`${count} tables that were made and dropped %s before their rows are read leave nothing, and hold up nothing`,
	{ timeout: 900_000 },
	async ([, silent, loud], { t, db, stack, settle }) => {
		await stack.replication.stop(stack.context);
		await db.query(`INSERT INTO ${t} VALUES (3, 'three', 30); ${silent} DROP TABLE ${t}; ${loud}`);
		for (let number = 0; number < count; number += 1) {
			const table = `gone${number}_${t}`;
			await db.query(`${silent} CREATE TABLE ${table} (id INT PRIMARY KEY); ${loud} INSERT INTO ${table} VALUES (1);
				${silent} DROP TABLE ${table}; ${loud}`);
		}
		await stack.replication.start(stack.context, { batchInterval: 0.2 });
		await settle();
		const all = await stack.replication.tables();
		expect(all.filter(({ state }) => state !== "Table completed")).toEqual([]);
		expect(all.filter(({ table }) => table.startsWith("gone"))).toEqual([]);
		expect((await stack.replication.status()).text).toBe("Load complete, replication ongoing");
		// Of a table that was dropped behind the binlog's back nobody says so; what was there stays until it is reloaded.
		expect((await stack.files("shop", t)).length > 0).toBe(silent !== "");
	},
);
