import { join, relative } from "node:path";
import { lake } from "../contract/contract.ts";
import { DefinitionError, type Mistake } from "../contract/pipeline/mistakes.ts";
import type { Pipeline } from "../contract/pipeline/pipeline.ts";
import type { JobDefinition } from "./jobs.ts";
import { modelFiles } from "./modelFiles.ts";
import { placeAt, tableReferences } from "./tableReferences.ts";

/**
 * The jobs with their order by what models read: the job that builds models comes after those that make tables of theirs, and
 * builds the other models where one of them fails.
 * @param folder the definition's.
 * @throws DefinitionError naming the place where a model reads a table of a job that itself waits for models.
 */
export function afterTheirInputs(jobs: readonly JobDefinition[], pipeline: Pipeline, folder: string): JobDefinition[] {
	if (pipeline.models === undefined) return [...jobs];
	const makers = new Map(
		pipeline.jobs.flatMap(({ name, tables }) =>
			tables.map(({ table }): [string, string] => [table.toLowerCase(), name]),
		),
	);
	const waiting = waitingFor("build-models", jobs);
	const inputs = new Map<string, Set<string>>();
	const mistakes: Mistake[] = [];
	const path = join(folder, pipeline.models);
	for (const { file, content } of modelFiles(path, relative(process.cwd(), path))) {
		for (const { parts, start } of tableReferences(content, "spark")) {
			const [name = "", schema] = parts;
			const maker = schema === undefined ? makers.get(name.toLowerCase()) : undefined;
			if (maker === undefined) continue;
			if (waiting.has(maker)) mistakes.push({ file, path: [], ...placeAt(content, start), ...circle(name, maker) });
			inputs.set(maker, (inputs.get(maker) ?? new Set()).add(name.toLowerCase()));
		}
	}
	const [first] = mistakes;
	if (first?.file !== undefined) throw new DefinitionError(first.file, mistakes);
	return jobs.map((job) => {
		if (job.name !== "build-models") return job;
		return {
			...job,
			after: [...new Set([...job.after, ...inputs.keys()])],
			inputs: Object.fromEntries([...inputs].map(([maker, tables]) => [maker, [...tables]])),
		};
	});
}

function circle(table: string, job: string): { what: string; fix: string } {
	return {
		what: `The job ${job} writes the table ${table}, but runs after the models.`,
		fix: `Run ${job} before them (\`after\` in pipeline.yaml), or write what it needs from ${lake.roots.models} as a model.`,
	};
}

/** Jobs that wait for one, directly or by others. */
function waitingFor(name: string, jobs: readonly JobDefinition[]): Set<string> {
	const found = new Set([name]);
	for (let size = 0; size !== found.size; ) {
		size = found.size;
		for (const job of jobs) if (job.after.some((other) => found.has(other))) found.add(job.name);
	}
	return found;
}
