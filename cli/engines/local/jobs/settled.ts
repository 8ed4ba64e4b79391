import { mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { type JobReport, jobReport } from "../../../../etl/contract/report.ts";
import { writeFileAtomic } from "../../../common/fs.ts";
import { type JsonKind, readJsonFileIfGood } from "../../../common/jsonFile.ts";
import type { LocalPaths } from "../shared/paths.ts";

const settledSchema = z.object({
	version: z.literal(1),
	/** Of all that the jobs went by. */
	print: z.string(),
	jobs: z.array(z.object({ call: z.string(), report: jobReport })),
});

type Settled = z.infer<typeof settledSchema>;

/** How the file is read; a damaged one counts as none, and the jobs look again. */
const settledFileKind: JsonKind<Settled> = {
	name: "The record of jobs that found nothing to do",
	schema: settledSchema,
	version: 1,
	remedy: () => ({ fix: "Remove it. The next run creates it again.", next: "pipeline-cli run-etl" }),
};

/**
 * Jobs that found nothing when they last looked, and what they looked at. As long as that is the same, they find nothing again: a run
 * repeats their reports, and starts none of them.
 */
export class SettledJobs {
	readonly #path: string;
	readonly #print: string | undefined;
	readonly #known: Settled["jobs"];
	readonly #found: Settled["jobs"] = [];

	private constructor(path: string, print: string | undefined, known: Settled["jobs"]) {
		this.#path = path;
		this.#print = print;
		this.#known = known;
	}

	/** @param print of the lake as a run finds it; undefined where nobody can say it, and nothing is known then. */
	static async of(paths: Pick<LocalPaths, "runs">, print: string | undefined): Promise<SettledJobs> {
		const path = settledFile(paths);
		const before = print === undefined ? undefined : await readJsonFileIfGood(path, settledFileKind);
		return new SettledJobs(path, print, before?.print === print ? (before?.jobs ?? []) : []);
	}

	/** Whether all of some jobs need no look. @param calls as `reportOf` gets them. */
	haveAll(calls: readonly string[]): boolean {
		return calls.every((call) => this.reportOf(call) !== undefined);
	}

	/**
	 * What a job would report again.
	 * @param call the job with its arguments.
	 * @returns undefined where it has to look.
	 */
	reportOf(call: string): JobReport | undefined {
		const report = this.#known.find((one) => one.call === call)?.report;
		return Date.parse(report?.rests_until ?? "") > Date.now() ? report : undefined;
	}

	/** Keeps that a job found nothing in the lake as it was at the beginning of this run, if it says that it went by that alone. */
	add(call: string, report: JobReport): void {
		if (report.rests_until != null) this.#found.push({ call, report });
	}

	/** Writes what was added, beside what is known of the same lake. */
	async save(): Promise<void> {
		if (this.#print === undefined || this.#found.length === 0) return;
		const others = this.#known.filter(({ call }) => !this.#found.some((one) => one.call === call));
		const settled: Settled = { version: 1, print: this.#print, jobs: [...others, ...this.#found] };
		await mkdir(dirname(this.#path), { recursive: true });
		await writeFileAtomic(this.#path, JSON.stringify(settled), 0o600);
	}
}

/** Removes what is known of jobs: their reports quote values. */
export async function forgetSettled(paths: Pick<LocalPaths, "runs">): Promise<void> {
	await rm(settledFile(paths), { force: true });
}

/** Whether a job found nothing, and did nothing. */
export function foundNothing({ state, rows_read, rows_written }: JobReport): boolean {
	return state !== "failed" && rows_read === 0 && rows_written === 0;
}

function settledFile({ runs }: Pick<LocalPaths, "runs">): string {
	return join(runs, "settled.json");
}
