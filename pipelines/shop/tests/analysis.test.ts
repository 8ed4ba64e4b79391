import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PostgreSQL, TrinoSQL } from "dt-sql-parser";
import { describe, expect, it } from "vitest";

function files(folder: string): [name: string, sql: string][] {
	const path = join(import.meta.dirname, "..", folder);
	return readdirSync(path).map((name) => [name, readFileSync(join(path, name), "utf8")]);
}

describe.each(["dashboard", "warehouse"])("pipelines/shop/%s", (folder) => {
	it.each(files(folder))("%s is Trino's SQL, which Athena speaks", (_, sql) => {
		expect(new TrinoSQL().validate(sql)).toEqual([]);
	});
});

describe("pipelines/shop/warehouse", () => {
	it.each(files("warehouse"))("%s is a view that PostgreSQL's grammar takes, which Redshift's grew from", (_, sql) => {
		expect(new PostgreSQL().validate(`CREATE VIEW analytics.a_view AS ${sql};`)).toEqual([]);
	});

	it.each(files("warehouse"))("%s names only tables of the lake", (_, sql) => {
		const tables = [...sql.matchAll(/\b(?:FROM|JOIN)\s+(\S+)/g)].map((match) => match[1] ?? "");
		expect(tables.length).toBeGreaterThan(0);
		for (const table of tables) expect(table).toMatch(/^lake\.[a-z_]+$/);
	});
});
