import type * as aws from "@pulumi/aws";
import { catalogTables, lake } from "../../etl/contract/contract.ts";
import { type Clicks, clickColumns } from "../../etl/definition/clicks.ts";

/** A table of the catalog that the crawler keeps up to date: its place, and what is known of it before any data. */
export interface CatalogTable {
	name: string;
	description: string;
	zone: "raw" | "processed";
	/** Below the zone, without a slash at its ends. */
	prefix: string;
	format: "parquet" | "json";
	columns: { name: string; type: string }[];
	partitionKeys: { name: string; type: string }[];
	/** Athena computes the partitions by these rules instead of looking them up. The folder is below the table's. */
	projection?: { keys: Record<string, Record<string, string>>; folder: string };
}

/**
 * Every hour from the year of the first deployments until now, so that the clicks of a new hour are there without a crawl.
 * A query that names no day looks into each: some 9,000 folders a year.
 * https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html
 */
const clickHours = {
	keys: {
		year: { type: "date", format: "yyyy", range: "2026,NOW", interval: "1", "interval.unit": "YEARS" },
		month: { type: "integer", range: "1,12", digits: "2" },
		day: { type: "integer", range: "1,31", digits: "2" },
		hour: { type: "integer", range: "0,23", digits: "2" },
	},
	// biome-ignore lint/suspicious/noTemplateCurlyInString: Athena's own placeholders
	folder: "${year}/${month}/${day}/${hour}/",
};

/** A table's parameters for partition projection, with the place that its folders are below. */
export function projectionParameters({ projection }: CatalogTable, location: string): Record<string, string> {
	if (projection === undefined) return {};
	const rules = Object.entries(projection.keys).flatMap(([key, rule]) =>
		Object.entries(rule).map(([name, value]) => [`projection.${key}.${name}`, value]),
	);
	return {
		"projection.enabled": "true",
		...Object.fromEntries(rules),
		"storage.location.template": `${location}${projection.folder}`,
	};
}

/** The tables that no job registers: the clicks. The crawler adds columns. */
export function crawledTables(clicks: Clicks): CatalogTable[] {
	return clicks === undefined ? [] : [clickTable(clicks)];
}

function clickTable(clicks: NonNullable<Clicks>): CatalogTable {
	return {
		name: catalogTables.clickstream,
		description: "Clicks as they arrived",
		zone: "raw",
		prefix: lake.clickstream,
		format: "json",
		columns: clickColumns(clicks),
		partitionKeys: ["year", "month", "day", "hour"].map((name) => ({ name, type: "string" })),
		projection: clickHours,
	};
}

/**
 * Parameters that a crawler gives to tables of these formats. It refuses to merge columns into a table that has others: to it, a
 * missing compression type has changed, and the table is marked as deprecated.
 * https://docs.aws.amazon.com/glue/latest/dg/crawler-schema-changes-prevent.html
 */
export const crawledParameters: Record<CatalogTable["format"], Record<string, string>> = {
	parquet: { classification: "parquet", compressionType: "none", typeOfData: "file" },
	json: { classification: "json", compressionType: "gzip", typeOfData: "file" },
};

/** How Hive-compatible engines read the two formats. */
export const storageFormats: Record<
	CatalogTable["format"],
	Pick<aws.types.input.glue.CatalogTableStorageDescriptor, "inputFormat" | "outputFormat" | "serDeInfo">
> = {
	parquet: {
		inputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
		outputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
		serDeInfo: { serializationLibrary: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe" },
	},
	json: {
		inputFormat: "org.apache.hadoop.mapred.TextInputFormat",
		outputFormat: "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
		serDeInfo: {
			serializationLibrary: "org.openx.data.jsonserde.JsonSerDe",
			// A click that is not JSON is a row of nulls, and a value that does not fit its column is null; otherwise every
			// query of its hour would fail. Letters of keys may be large or small, which is the default.
			// https://docs.aws.amazon.com/athena/latest/ug/openx-json-serde.html
			parameters: {
				"case.insensitive": "true",
				"ignore.malformed.json": "true",
				"use.null.for.invalid.data": "true",
			},
		},
	},
};
