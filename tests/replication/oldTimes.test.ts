import { expect } from "vitest";
import { foldByKey, sourceRows } from "../support/fold.ts";
import { test as base } from "../support/replicationFixtures.ts";
import { isMySql } from "../support/servers/source.ts";

/** MariaDB can make tables with the times of MySQL before 5.6, of whose fractions its binlog does not have the length. */
const test = base.extend("settings", { scope: "file" }, (): readonly string[] => ["mysql56_temporal_format=OFF"]);

const values = {
	TIME: ["-838:59:59.999999", "838:59:59.999999", "-00:00:00.500000", "12:34:56.123456"],
	DATETIME: ["2024-02-29 23:59:58.123456", "9999-12-31 23:59:59.999999", "1000-01-01"],
	TIMESTAMP: ["2024-02-29 23:59:58.123456", "1970-01-01 00:00:01.500000", "2038-01-19 03:14:07.900000"],
};
const tables = Object.entries(values).flatMap(([type, literals]) =>
	[0, 1, 3, 6].map((digits) => ({ table: `${type.toLowerCase()}${digits}`, declared: `${type}(${digits})`, literals })),
);

test.runIf(!isMySql && process.env.ALL_FAULTS === "1")(
	"times of the old format are the server's, whatever their fraction",
	async ({ shop, db }) => {
		const { stack, schema } = shop;
		await db.query("SET time_zone = '+00:00'");
		const insert = async (first: number): Promise<void> => {
			for (const { table, literals } of tables) {
				const rows = literals.map((literal, at) => `(${first + at}, '${literal}', 'after it')`);
				await db.query(`INSERT INTO ${table} VALUES ${rows.join(", ")}, (${first + 9}, NULL, NULL)`);
			}
		};
		for (const { table, declared } of tables) {
			await db.query(`CREATE TABLE ${table} (id INT PRIMARY KEY, v ${declared} NULL, w VARCHAR(10))`);
		}
		await insert(1);
		await stack.replication.start(stack.context, { batchInterval: 0.2 });
		await insert(101);
		for (const { table } of tables)
			await db.query(`UPDATE ${table} SET w = 'x' WHERE id = 102; DELETE FROM ${table} WHERE id = 1`);
		await db.query("INSERT INTO t VALUES (4, 'four')");
		await shop.changes("inserts", 1);
		for (const { table } of tables) {
			expect((await stack.statistics(`${schema}.${table}`))?.state, table).toBe("Table completed");
			const lake = await foldByKey(stack, `${schema}/${table}`, ["id"], ["id", "v", "w"]);
			const withoutZeros = (await sourceRows(db, `SELECT id, CAST(v AS CHAR) AS v, w FROM ${table} ORDER BY id`)).map(
				shown,
			);
			expect(lake.map(shown), table).toEqual(withoutZeros);
		}
	},
);

/** A time of day has its digits in the lake, a date with time only those that are not zero. */
function shown(row: unknown): unknown {
	const { v, ...others } = row as { v: string | null };
	return {
		...others,
		v: v?.replace(/\.(\d*?)0*$/, (_, digits: string) => (digits === "" ? "" : `.${digits}`)) ?? null,
	};
}
