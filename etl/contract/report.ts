import { z } from "zod";
import { severities } from "./pipeline/tableSchema.ts";

const count = z.number().int().nonnegative();
const time = z.string().describe("ISO 8601 with milliseconds, UTC");

/** What a job says of its run; the job itself writes it to `lake.report(…)`. */
export const jobReport = z
	.object({
		job: z.string().describe("Name of the job"),
		run_id: z.string().describe("Run that the job was part of"),
		state: z
			.enum(["succeeded", "failed", "quality_failed"])
			.describe("How it ended; `quality_failed`: data broke a rule of severity error, or arrived in broken files"),
		started_at: time,
		finished_at: time,
		rows_read: count.describe("Of all tables"),
		rows_written: count.describe("Of all tables"),
		tables: z
			.array(
				z.object({
					schema: z.string(),
					table: z.string(),
					rows_read: count,
					rows_written: count,
					note: z.string().nullable().describe("How it was written"),
				}),
			)
			.describe("Tables that were processed"),
		unchanged: z
			.array(z.string())
			.exactOptional()
			.describe("Models, as `models.<name>`, that were up to date; absent in reports of earlier versions"),
		set_aside: z
			.array(z.object({ uri: z.string(), reason: z.string() }))
			.describe(
				"Files of the raw zone that could not be read; each is read again once it has changed. A folder, with a slash at its end, is a table that was not changed, because its key is unknown or its files are missing",
			),
		quality: z
			.array(
				z.object({
					table: z.string(),
					rule: z.string().describe("For instance `range(quantity, min=1)`"),
					kind: z.string().describe("Kind of the rule"),
					severity: z.enum(severities).describe("`error`: the table was blocked; `warn`: it was published"),
					failed_rows: count.describe("Rows that broke it"),
					examples: z.array(z.record(z.string(), z.string().nullable())).describe("Some of the rows"),
					description: z.string().nullable().describe("Purpose of the rule"),
				}),
			)
			.describe("Rules that were broken"),
		error: z.string().nullable().describe("What failed, one line each; null if nothing failed"),
		rests_until: z
			.string()
			.nullable()
			.exactOptional()
			.describe(
				"Time, in the same format, until which the job would find the same if the lake does not change; null if it depends on anything else, and in reports of earlier versions",
			),
		same_as: z
			.string()
			.exactOptional()
			.describe(
				"Run whose report this repeats: nothing that the job depends on had changed since, so it was not started. On one machine only",
			),
	})
	.describe("Report of a job's run");

export type JobReport = z.infer<typeof jobReport>;

/** What a report has as quarantined: files that cannot be read, and changes of tables whose key is not known. */
export function quarantined({
	set_aside,
}: Pick<JobReport, "set_aside">): Record<"files" | "keyless", JobReport["set_aside"]> {
	const isFolder = ({ uri }: { uri: string }): boolean => uri.endsWith("/");
	return { files: set_aside.filter((one) => !isFolder(one)), keyless: set_aside.filter(isFolder) };
}
