import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, it } from "vitest";
import { verificationWord } from "../../../cli/actions/verify/markedClicks.ts";

/** Charts and queries that show departments. */
it.each([
	"dashboard/departments.sql",
	"queries/top_departments.sql",
	"queries/department_word_counts.sql",
	"queries/clicks_by_department_and_price.sql",
])("%s leaves out the clicks of verify-clicks", async (file) => {
	const sql = await readFile(join(import.meta.dirname, "..", file), "utf8");
	const instance = await DuckDBInstance.create(":memory:");
	const connection = await instance.connect();
	const clicks = `SELECT department, 'p' AS productname, 10.5 AS price, '2026-01-31 10:00:00' AS click_hour
		FROM (VALUES ('Toys'), ('${verificationWord}')) AS t(department)`;
	await connection.run(`CREATE TABLE joint_tables AS ${clicks}`);
	await connection.run(`CREATE TABLE clickstream_data AS ${clicks}`);
	const rows = (await connection.runAndReadAll(sql)).getRowObjectsJson();
	connection.closeSync();
	instance.closeSync();
	expect(rows.map(({ department }) => department)).toEqual(["Toys"]);
});
