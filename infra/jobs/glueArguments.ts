import { dashed, type JobArguments } from "../../etl/contract/arguments.ts";
import { lake } from "../../etl/contract/contract.ts";
import { byHandRunId } from "../../etl/contract/runId.ts";

export interface GlueArguments {
	rawBucket: string;
	processedBucket: string;
	scriptsBucket: string;
	/** Prefix of the scripts bucket for Spark's temporary files. */
	temporaryPrefix: string;
	/** Catalog database. */
	database: string;
	/** Key of the datasets' JSON in the scripts bucket. */
	datasetsKey: string;
	/** Key of the shared package in the scripts bucket. */
	packageKey: string;
	/**
	 * Whether Glue puts metrics of Spark into CloudWatch. Where it should not, the arguments are left out: Glue looks only at
	 * whether they are there, so that "false" would also turn the metrics on.
	 */
	metrics: boolean;
	/** The job's own arguments. */
	own: Readonly<Record<string, string>>;
}

/**
 * The Iceberg catalog `glue_catalog`, as one chained value of `--conf`.
 * https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-format-iceberg.html
 */
function icebergConfiguration(processedBucket: string): string {
	const catalog = "spark.sql.catalog.glue_catalog";
	return [
		"spark.sql.extensions=org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
		`${catalog}=org.apache.iceberg.spark.SparkCatalog`,
		`${catalog}.warehouse=s3://${processedBucket}/${lake.roots.current}/`,
		`${catalog}.catalog-impl=org.apache.iceberg.aws.glue.GlueCatalog`,
		`${catalog}.io-impl=org.apache.iceberg.aws.s3.S3FileIO`,
	].join(" --conf ");
}

/**
 * Default arguments of a Glue job: Glue's own, the common ones of every job, and the job's. Arguments of a run replace
 * them, so that `--run_id` stands here for a run that somebody starts by hand.
 * https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-glue-arguments.html
 */
export function glueArguments(input: GlueArguments): Record<string, string> {
	const values: JobArguments = {
		raw_uri: `s3://${input.rawBucket}/`,
		processed_uri: `s3://${input.processedBucket}/`,
		database: input.database,
		datasets_uri: `s3://${input.scriptsBucket}/${input.datasetsKey}`,
		run_id: byHandRunId,
		...input.own,
	};
	return {
		"--datalake-formats": "iceberg",
		"--conf": icebergConfiguration(input.processedBucket),
		// No --additional-python-modules: what etl/requirements.in has besides pyspark, pyarrow and pandas is for the local
		// engine. fastavro, for one, reads manifests for expire_snapshots, which on Glue is a procedure of Spark.
		"--extra-py-files": `s3://${input.scriptsBucket}/${input.packageKey}`,
		"--TempDir": `s3://${input.scriptsBucket}/${input.temporaryPrefix}/`,
		// The jobs keep their own books: what was read, up to where.
		"--job-bookmark-option": "job-bookmark-disable",
		"--enable-auto-scaling": "true",
		"--enable-continuous-cloudwatch-log": "true",
		...(input.metrics ? { "--enable-metrics": "true", "--enable-observability-metrics": "true" } : {}),
		"--enable-job-insights": "true",
		...dashed(values),
	};
}

/**
 * Arguments by which a job reads the source itself, as a user of that secret. The connection is encrypted; who answers is
 * not verified, since Java needs a key store for that: within the VPC the security groups say who it is.
 * https://dev.mysql.com/doc/connector-j/en/connector-j-connp-props-security.html
 */
export function sourceArguments(source: {
	host: string;
	port: number;
	schema: string;
	secretArn: string;
}): Pick<JobArguments, "source" | "jdbc_url" | "jdbc_secret"> & Record<string, string> {
	return {
		source: "jdbc",
		jdbc_url: `jdbc:mysql://${source.host}:${source.port}/${source.schema}?sslMode=REQUIRED`,
		jdbc_secret: source.secretArn,
	};
}
