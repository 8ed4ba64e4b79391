import type { JobDefinition } from "../../../etl/definition/jobs.ts";
import { partlyLoaded, takingIn } from "../../../etl/definition/loads.ts";
import { PipelineError } from "../../common/errors.ts";
import type { Stack } from "../../engines/port.ts";

/**
 * What the jobs of a run are given of loads: tables whose load is under way or has failed, which stay as they are until it is whole,
 * and those that may become empty. The local replicator puts whole loads into the raw zone.
 * @param acceptEmpty tables as schema.table.
 * @throws PipelineError where one is not.
 */
export async function withLoads(
	stack: Stack,
	jobs: readonly JobDefinition[],
	acceptEmpty: readonly string[] = [],
): Promise<JobDefinition[]> {
	requireNames(acceptEmpty);
	if (!jobs.some(({ name }) => takingIn.includes(name))) return [...jobs];
	const tables = stack.engine === "aws" ? await (await stack.replication()).tables() : [];
	const part = tables.filter(({ state }) => partlyLoaded.includes(state));
	const forRun = {
		...(part.length === 0
			? {}
			: { loading: JSON.stringify([part.map(({ schema }) => schema), part.map(({ table }) => table)]) }),
		...(acceptEmpty.length === 0 ? {} : { accept_empty: acceptEmpty.join(",") }),
	};
	if (Object.keys(forRun).length === 0) return [...jobs];
	return jobs.map((job) => (takingIn.includes(job.name) ? { ...job, forRun: { ...job.forRun, ...forRun } } : job));
}

function requireNames(acceptEmpty: readonly string[]): void {
	const wrong = acceptEmpty.find((name) => !/^[^.,]+\.[^,]+$/.test(name));
	if (wrong === undefined) return;
	throw new PipelineError("usage", {
		what: `${JSON.stringify(wrong)} is not the name of a table.`,
		fix: "Write schema.table, as in the report.",
		next: "pipeline-cli run-etl --accept-empty shop.orders",
	});
}
