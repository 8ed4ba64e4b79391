import { describe, expect, it } from "vitest";
import { catalogName } from "../../etl/definition/tables.ts";
import { datasets, queries as namedQueries } from "../../tests/support/sampleShop.ts";
import { crawledTables } from "./catalogTables.ts";

describe("the crawled tables", () => {
	const tables = crawledTables(datasets);

	it("are a change log for each source table, the clicks and the joined table", () => {
		expect(tables.map(({ name }) => name)).toEqual([
			...datasets.flatMap((dataset) => dataset.tables.map((table) => `${catalogName(table)}_changes`)),
			"clickstream_data",
			"joint_tables",
		]);
	});

	it("lie where the jobs and Firehose write", () => {
		const at = (name: string) => tables.find((table) => table.name === name);
		expect(at("wp_terms_changes")).toMatchObject({
			zone: "processed",
			prefix: "wordpress-db/wp_terms",
			partitionKeys: [{ name: "batch", type: "int" }],
		});
		expect(at("clickstream_data")).toMatchObject({ zone: "raw", prefix: "clickstream-data", format: "json" });
		expect(at("joint_tables")).toMatchObject({
			zone: "processed",
			prefix: "joint-tables",
			partitionKeys: [{ name: "click_hour" }],
		});
	});

	it("have the columns that the named queries use before there are any rows", () => {
		const { sql } = namedQueries.find(({ name }) => name === "change_activity") ?? {};
		const logs = tables.filter(({ name }) => name.endsWith("_changes"));
		expect(logs.filter(({ name }) => !sql?.includes(`FROM ${name}`)).map(({ name }) => name)).toEqual([]);
		const used = [...new Set(sql?.match(/\bcdc_\w+/g))];
		expect(used).toEqual(["cdc_op", "cdc_commit_time"]);
		for (const { name, columns } of logs) {
			expect(columns, name).toEqual(
				["cdc_op", "cdc_commit_time", "cdc_change_seq"].map((column) => ({ name: column, type: "string" })),
			);
		}
	});
});
