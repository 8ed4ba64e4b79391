import { join } from "node:path";
import { lake } from "../../../etl/contract/contract.ts";
import type { Definition } from "../../../etl/definition/definition.ts";
import { modelNames } from "../../../etl/definition/modelFiles.ts";
import type { CatalogTable, JobReport, RunHistory } from "../../engines/port.ts";
import { buildModels } from "./chosenModels.ts";

export interface ModelStatus {
	/** Models that the definition has. */
	defined: string[];
	/** Those whose tables are in the catalog. */
	tables: string[];
	/** The newest run that built some, of the runs that are looked through. */
	lastBuild?: { runId: string; finishedAt: string; models: string[] };
	/** Those that came to nothing when they were last due. */
	bad: { model: string; state: "failed" | "blocked" | "skipped"; why: string }[];
}

/**
 * What became of the definition's models.
 * @param history runs, newest first.
 * @returns undefined where the definition has none.
 */
export async function modelStatus(
	{ folder, pipeline }: Pick<Definition, "folder" | "pipeline">,
	registered: readonly Pick<CatalogTable, "name" | "location">[],
	history: readonly RunHistory[],
): Promise<ModelStatus | undefined> {
	const defined = pipeline.models === undefined ? [] : modelNames(join(folder, pipeline.models));
	if (defined.length === 0) return undefined;
	const place = `/${lake.roots.models}/`;
	const inCatalog = new Set(registered.filter(({ location }) => location.includes(place)).map(({ name }) => name));
	const ends = history.flatMap(({ runId, jobs }) =>
		jobs.flatMap(({ job, report }) => (job === buildModels && report !== undefined ? [{ runId, report }] : [])),
	);
	const last = ends.find(({ report }) => built(report).length > 0);
	return {
		defined,
		tables: defined.filter((name) => inCatalog.has(name)),
		...(last && {
			lastBuild: { runId: last.runId, finishedAt: last.report.finished_at, models: built(last.report) },
		}),
		bad: badModels(
			defined,
			ends.map(({ report }) => report),
		),
	};
}

/** What the newest report that is about a model says of it. */
function badModels(defined: readonly string[], reports: readonly JobReport[]): ModelStatus["bad"] {
	const bad: ModelStatus["bad"] = [];
	const open = new Set(defined);
	for (const report of reports) {
		for (const model of [...open]) {
			const end = endOf(report, model);
			if (end === undefined) continue;
			open.delete(model);
			if (end !== "ready") bad.push({ model, ...end });
		}
	}
	return bad.sort((a, b) => defined.indexOf(a.model) - defined.indexOf(b.model));
}

function endOf(report: JobReport, model: string): Omit<ModelStatus["bad"][number], "model"> | "ready" | undefined {
	if (report.unchanged?.includes(`${lake.roots.models}.${model}`) === true) return "ready";
	const named = `${lake.roots.models}.${model}: `;
	const failed = report.error?.split("\n").find((line) => line.startsWith(named));
	if (failed !== undefined) return { state: "failed", why: failed.slice(named.length) };
	const found = report.tables.find(({ schema, table }) => schema === lake.roots.models && table === model);
	if (found === undefined) return undefined;
	return cameToNothing(found.note ?? "") ?? "ready";
}

/** By the words of build_models.py. */
function cameToNothing(note: string): { state: "blocked" | "skipped"; why: string } | undefined {
	const [, skipped] = /^skipped: (.*)$/s.exec(note) ?? [];
	if (skipped !== undefined) return { state: "skipped", why: skipped };
	return note.startsWith("blocked by a rule") ? { state: "blocked", why: note } : undefined;
}

function built({ tables }: JobReport): string[] {
	return tables
		.filter(({ schema, note }) => schema === lake.roots.models && !/^(skipped|blocked|removed)\b/.test(note ?? ""))
		.map(({ table }) => table);
}
