import { readFile } from "node:fs/promises";
import mysql, { type RowDataPacket } from "mysql2";
import { createConnection } from "mysql2/promise";
import { describe, expect } from "vitest";
import { planOf } from "../../cli/actions/verify/plan.ts";
import { recognised, removeRows, writeRows } from "../../cli/actions/verify/writtenRows.ts";
import { type SampleRow, sampleSize } from "../../etl/definition/sampleData.ts";
import { replicationGrants } from "../../infra/source/userData.ts";
import { schemas as sampleSchemas } from "../../pipelines/shop/seed/schemas.ts";
import { collation } from "../../pipelines/shop/seed/tables.ts";
import { datasets, shop } from "../support/sampleShop.ts";
import { it } from "../support/serverFixtures.ts";

const file = new URL("../../pipelines/shop/seed/sample.sql", import.meta.url);

/** The sample schemas of the CLI, few rows of them, as SQL: what a database on EC2 is filled with at its first start. */
function sampleSql(): string {
	const name = mysql.escapeId;
	const schemas = sampleSchemas.map(({ schema, tables, rows }) => {
		const filled = new Map(tables.map((table): [string, SampleRow[]] => [table.name, []]));
		for (const row of rows(1, sampleSize(0.01))) filled.get(row.table)?.push(row);
		const statements = tables.flatMap(({ name: table, columns, create }) => {
			const values = (filled.get(table) ?? []).map(
				(row) => `(${row.values.map((value) => mysql.escape(value)).join(", ")})`,
			);
			const insert = `INSERT INTO ${name(table)} (${columns.map((column) => name(column)).join(", ")}) VALUES\n${values.join(",\n")}`;
			return values.length === 0 ? [create] : [create, insert];
		});
		return [
			`CREATE DATABASE ${name(schema)} CHARACTER SET utf8mb4 COLLATE ${collation}`,
			`USE ${name(schema)}`,
			...statements,
		];
	});
	return [
		"-- Made from the sample data by tests/infra/sampleSchema.test.ts: run it with -u to rebuild it.",
		"SET NAMES utf8mb4;",
		"-- WordPress has zero dates, which the default mode refuses.",
		"SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION';",
		...schemas.flat().map((statement) => `${statement};`),
		"",
	].join("\n");
}

describe("pipelines/shop/seed/sample.sql", () => {
	it("is the sample data", async () => {
		await expect(sampleSql()).toMatchFileSnapshot("../../pipelines/shop/seed/sample.sql");
	});

	it("fills a server with every replicated table, by its key, with rows, for a user who replicates and verifies", async ({
		server,
	}) => {
		const client = await server.connect();
		await client.query(await readFile(file, "utf8"));
		for (const { schema, tables } of datasets) {
			for (const { name, key } of tables) {
				const [rows] = await client.query<RowDataPacket[]>(
					`SELECT COUNT(*) AS count FROM ${mysql.escapeId(schema)}.${mysql.escapeId(name)}`,
				);
				expect(Number(rows[0]?.count), `${schema}.${name}`).toBeGreaterThan(0);
				const [keys] = await client.query<RowDataPacket[]>(
					"SELECT COLUMN_NAME AS name FROM information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND CONSTRAINT_NAME = 'PRIMARY' ORDER BY ORDINAL_POSITION",
					[schema, name],
				);
				expect(
					keys.map((column) => column.name),
					`${schema}.${name}`,
				).toEqual(key);
			}
		}
		const user = "replication";
		await client.query(`CREATE USER '${user}'@'%' IDENTIFIED BY 'secret'`);
		const schemas = datasets.map(({ schema }) => schema);
		const written = { schema: "wordpress-db", table: "wp_terms", isHeartbeat: false };
		const beats = { schema: "classicmodels", table: "pipeline_heartbeat", isHeartbeat: true };
		for (const verifyTable of [written, beats]) {
			for (const grant of replicationGrants(user, { schemas, verifyTable })) await client.query(grant);
		}
		await client.end();
		const replication = await createConnection({ host: "127.0.0.1", port: server.port, user, password: "secret" });
		const source = {
			query: async (sql: string, values?: unknown[]) => {
				const [rows] = await replication.query<RowDataPacket[]>(sql, values);
				return Array.isArray(rows) ? rows : [];
			},
			close: () => replication.end(),
		};
		// Of classicmodels the shop replicates the tables that it names.
		const schemasWithBeats = shop.pipeline.schemas.map((schema) =>
			schema.name === beats.schema ? { ...schema, include: [...schema.include, beats.table] } : schema,
		);
		const heartbeat = {
			...shop.pipeline,
			schemas: schemasWithBeats,
			verify: { table: beats, rows: [], marker: [] },
		};
		const plans = [
			{ plan: await planOf(shop.pipeline, source, false), count: 4 },
			{ plan: await planOf(heartbeat, source, true), count: 1 },
		];
		for (const { plan, count } of plans) {
			await writeRows(source, plan);
			expect(await recognised(source, plan)).toHaveLength(count);
			await removeRows(source, plan);
			expect(await recognised(source, plan)).toEqual([]);
		}
		await replication.query("SHOW MASTER STATUS");
		await expect(replication.query("DELETE FROM classicmodels.orders")).rejects.toThrow("denied");
		await source.close();
	});
});
