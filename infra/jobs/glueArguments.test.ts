import { expect, it } from "vitest";
import { glueArguments, sourceArguments } from "./glueArguments.ts";

const given = {
	rawBucket: "r",
	processedBucket: "p",
	scriptsBucket: "s",
	temporaryPrefix: "temporary",
	database: "analytics_pipeline_dev",
	datasetsKey: "datasets/1/datasets.json",
	packageKey: "lakehouse/2/lakehouse.zip",
	metrics: false,
	own: { depth: "3" },
};

it("gives Glue its arguments, the job the common ones and its own", () => {
	expect(glueArguments(given)).toEqual({
		"--datalake-formats": "iceberg",
		"--conf":
			"spark.sql.extensions=org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions" +
			" --conf spark.sql.catalog.glue_catalog=org.apache.iceberg.spark.SparkCatalog" +
			" --conf spark.sql.catalog.glue_catalog.warehouse=s3://p/current/" +
			" --conf spark.sql.catalog.glue_catalog.catalog-impl=org.apache.iceberg.aws.glue.GlueCatalog" +
			" --conf spark.sql.catalog.glue_catalog.io-impl=org.apache.iceberg.aws.s3.S3FileIO",
		"--extra-py-files": "s3://s/lakehouse/2/lakehouse.zip",
		"--TempDir": "s3://s/temporary/",
		"--job-bookmark-option": "job-bookmark-disable",
		"--enable-auto-scaling": "true",
		"--enable-continuous-cloudwatch-log": "true",
		"--enable-job-insights": "true",
		"--raw_uri": "s3://r/",
		"--processed_uri": "s3://p/",
		"--database": "analytics_pipeline_dev",
		"--datasets_uri": "s3://s/datasets/1/datasets.json",
		"--run_id": "by-hand",
		"--depth": "3",
	});
});

it("has a job read the source itself, encrypted, as a user who stands in a secret", () => {
	const own = sourceArguments({ host: "h", port: 3307, schema: "classicmodels", secretArn: "arn:secret" });
	expect(glueArguments({ ...given, own })).toMatchObject({
		"--source": "jdbc",
		"--jdbc_url": "jdbc:mysql://h:3307/classicmodels?sslMode=REQUIRED",
		"--jdbc_secret": "arn:secret",
	});
});

it("opens no catalog but glue_catalog: Hive's would need a database `default`, which does not exist", () => {
	expect(glueArguments(given)).not.toHaveProperty("--enable-glue-datacatalog");
});

it("sets none of the arguments that Glue keeps for itself", () => {
	for (const name of ["--debug", "--mode", "--JOB_NAME"]) expect(glueArguments(given)).not.toHaveProperty(name);
});

it("puts metrics into CloudWatch only where it is asked to, since they may be billed one by one", () => {
	const metrics = (args: Record<string, string>) => Object.keys(args).filter((name) => name.includes("metrics"));
	expect(metrics(glueArguments(given))).toEqual([]);
	expect(metrics(glueArguments({ ...given, metrics: true }))).toEqual([
		"--enable-metrics",
		"--enable-observability-metrics",
	]);
});
