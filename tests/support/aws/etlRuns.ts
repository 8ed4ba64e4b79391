import { catalogName } from "../../../etl/definition/tables.ts";
import { datasets } from "../sampleShop.ts";
import { parquetTable } from "./glue.ts";
import type { ScriptedStack } from "./scriptedStack.ts";

/** What `run-etl --json` and `crawl --json` print, as far as tests look at it. */
export interface EtlDocument {
	runId: string;
	jobs: {
		job: string;
		state: string;
		attached?: boolean;
		fault?: { kind: string; message: string };
		logTail?: string[];
	}[];
	catalog?: { tables: { name: string; change: string }[]; removed: string[] };
	silent?: { table: string; reason: string }[];
}

/** The catalog has all tables of the sample shop, and nobody has queried them yet. */
export function withAllTables(aws: ScriptedStack): ScriptedStack {
	aws.glue.tables = datasets.flatMap(({ tables }) => tables.map((table) => parquetTable(catalogName(table))));
	aws.athena.before = [];
	return aws;
}

/** Names of the jobs that were started, in their order. */
export function startedJobs(aws: ScriptedStack): unknown[] {
	return aws.endpoint.inputs("glue", "StartJobRun").map(({ JobName: name }) => name);
}
