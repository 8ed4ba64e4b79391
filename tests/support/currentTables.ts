import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { projectRoot } from "../../cli/common/projectRoot.ts";
import { quoteName } from "../../cli/engines/duckdb/quote.ts";
import { LocalCrawlers } from "../../cli/engines/local/catalog/localCrawlers.ts";
import { LocalJobs } from "../../cli/engines/local/jobs/localJobs.ts";
import { LocalQuery } from "../../cli/engines/local/query/localQuery.ts";
import type { TestStack } from "./replicator.ts";
import { jobs } from "./sampleShop.ts";

const toCurrentTables = ["process-load", "process-cdc", "apply-changes"];

/** Runs the jobs from the raw zone to the current tables as `run-etl` does, each of which must succeed, and crawls. */
export async function runJobs(stack: TestStack): Promise<void> {
	await symlink(join(projectRoot, ".pipeline", "python"), stack.paths.python).catch((error: NodeJS.ErrnoException) => {
		if (error.code !== "EEXIST") throw error;
	});
	const session = await new LocalJobs(stack.paths).open(stack.context);
	try {
		for (const job of jobs.filter(({ name }) => toCurrentTables.includes(name))) {
			const { state, report, logTail } = await session.run(job, stack.context);
			if (state !== "succeeded") {
				throw new Error(`${job.name}: ${state}\n${JSON.stringify(report)}\n${logTail?.join("\n") ?? ""}`);
			}
		}
	} finally {
		await session.close();
	}
	await new LocalCrawlers(stack.paths).crawl(stack.context);
}

/** Rows of a query over the catalog's tables: current tables by their names, change logs as `<name>_changes`. */
export async function queryLake(stack: TestStack, sql: string): Promise<Record<string, unknown>[]> {
	const { columns, rows } = await new LocalQuery(stack.paths).run(sql, stack.context);
	return rows.map((row) => Object.fromEntries(columns.map(({ name }, at) => [name, row[at]])));
}

/** A current table with every value as text, in the order of some columns; names of columns as given. */
export async function currentRows(
	stack: TestStack,
	table: string,
	columns: readonly string[],
	order: readonly string[],
): Promise<unknown[]> {
	const texts = columns.map((name) => `CAST(${quoteName(name)} AS VARCHAR) AS ${quoteName(name)}`);
	const by = order.map((name) => `${quoteName(table)}.${quoteName(name)}`);
	return queryLake(stack, `SELECT ${texts.join(", ")} FROM ${quoteName(table)} ORDER BY ${by.join(", ")}`);
}
