import { test as base } from "./replicationFixtures.ts";
import { until } from "./replicator.ts";

let tables = 0;

/** One stack for all tests of a file, which replicates the schema `shop` while each test changes a table of its own. */
export const test = base
	.extend("stack", { scope: "file" }, async ({ db, fileStackOf }) => {
		await db.query(
			"CREATE DATABASE shop CHARACTER SET utf8mb4; CREATE DATABASE unselected; CREATE TABLE shop.first (id INT PRIMARY KEY)",
		);
		const stack = await fileStackOf("shop");
		await stack.replication.start(stack.context, { batchInterval: 0.2 });
		await db.query("USE shop");
		return stack;
	})
	/** Waits until a table's statistics are at least these. */
	.extend(
		"applied",
		{ scope: "file" },
		({ stack }) =>
			(table: string, wanted: Partial<Record<"inserts" | "updates" | "deletes" | "ddls", number>>): Promise<unknown> =>
				until(async () => {
					const found = await stack.statistics(`shop.${table}`);
					return (
						found !== undefined &&
						Object.entries(wanted).every(([name, count]) => Number(found[name as "ddls"]) >= count)
					);
				}),
	)
	/** What a reader makes of a table's raw files: the last row of each key, columns of the newest file. */
	.extend(
		"folded",
		{ scope: "file" },
		({ stack }) =>
			(table: string, columns: string): Promise<unknown[]> =>
				stack.query(
					`SELECT ${columns} FROM (
						SELECT *, row_number() OVER (PARTITION BY id ORDER BY cdc_change_seq DESC NULLS LAST) AS place FROM {shop/${table}}
					) WHERE place = 1 AND Op <> 'D' AND id IS NOT NULL ORDER BY id`,
				),
	)
	/** Waits until all that has happened up to now is in the raw zone. */
	.extend("settle", { scope: "file" }, ({ server, stack }) => {
		let markers = 0;
		return async (): Promise<void> => {
			markers += 1;
			const connection = await server.connect({ database: "shop" });
			await connection.query(
				`CREATE TABLE marker_${markers} (id INT PRIMARY KEY); INSERT INTO marker_${markers} VALUES (1)`,
			);
			await connection.end();
			await until(async () => {
				const seen = await stack.statistics(`shop.marker_${markers}`);
				return seen !== undefined && seen.inserts + seen.fullLoadRows > 0;
			});
		};
	})
	/** Columns of one of a table's raw files. */
	.extend("columnsOf", { scope: "file" }, ({ stack }) => async (table: string, file: string): Promise<string[]> => {
		const rows = await stack.query(
			`SELECT column_name AS name FROM (DESCRIBE SELECT * FROM '${stack.paths.raw}/shop/${table}/${file}')`,
		);
		return rows.map((row) => String(row.name));
	})
	/** Name of the test's table, which joins with two rows while changes run. */
	.extend("t", async ({ db, applied }) => {
		tables += 1;
		const t = `t${tables}`;
		await db.query(`CREATE TABLE ${t} (id INT PRIMARY KEY, a VARCHAR(10), b INT) COMMENT 'joins while changes run'`);
		await db.query(`INSERT INTO ${t} VALUES (1, 'one', 10), (2, 'two', 20)`);
		await applied(t, { inserts: 2 });
		return t;
	});
