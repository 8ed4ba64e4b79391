import { z } from "zod";

const zone = (which: string) =>
	z
		.string()
		.regex(/^(s3|file):\/\/.*\/$/)
		.describe(`Root of the ${which} zone, s3://bucket/ or file:///folder/, with a slash at its end`);

/** Arguments of a job script, by Glue's convention `--name value`. Those below the first five are of single jobs. */
export const jobArguments = z
	.object({
		raw_uri: zone("raw"),
		processed_uri: zone("processed"),
		database: z.string().min(1).describe("Catalog database"),
		datasets_uri: z.string().min(1).describe("JSON file with the declared tables (datasets.schema.json)"),
		run_id: z.string().min(1).describe("Id of the run, under which the job's report is written"),
		models: z
			.string()
			.regex(/^[a-z0-9_]+(,[a-z0-9_]+)*$/)
			.exactOptional()
			.describe("For build-models: models to build, separated by commas; default: all"),
		failed_tables: z
			.string()
			.min(1)
			.exactOptional()
			.describe(
				"For build-models: tables of jobs that failed in this run, separated by commas; models that read them are not built",
			),
		loading: z
			.string()
			.regex(/^\[\[.*\],\[.*\]\]$/s)
			.exactOptional()
			.describe(
				"For process-load and process-cdc: tables that are being loaded, as two lists in JSON: schemas, and one table for each",
			),
		accept_empty: z
			.string()
			.min(1)
			.exactOptional()
			.describe("For process-load and process-cdc: tables that may become empty, as schema.table, separated by commas"),
		source: z
			.enum(["current", "jdbc"])
			.exactOptional()
			.describe("What a job with uses_source reads: the current tables (default), or the source itself"),
		jdbc_url: z
			.string()
			.regex(/^jdbc:mysql:\/\//)
			.exactOptional()
			.describe("With --source jdbc: jdbc:mysql://host:port/schema"),
		jdbc_driver: z.string().min(1).exactOptional().describe("Class of the JDBC driver; default: Glue's MySQL driver"),
		jdbc_secret: z
			.string()
			.min(1)
			.exactOptional()
			.describe("Secrets Manager secret with username and password; default: JDBC_USER and JDBC_PASSWORD"),
	})
	.catchall(z.string().describe("An argument that only this job has"))
	.describe("Arguments of a job script, as --name value");

export type JobArguments = z.infer<typeof jobArguments>;

/** Arguments as Glue takes them, by `--name`. */
export function dashed(values: Readonly<Record<string, string>>): Record<string, string> {
	return Object.fromEntries(Object.entries(values).map(([name, value]) => [`--${name}`, value]));
}

/** Arguments as a command line. */
export function commandLineOf(values: JobArguments): string[] {
	return Object.entries(dashed(values)).flat();
}
