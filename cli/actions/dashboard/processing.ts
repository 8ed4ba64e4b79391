import { jobsToCurrentTables } from "../../../etl/contract/contract.ts";
import type { Overview, Part } from "../../dashboard/data.ts";
import type { RunHistory } from "../../engines/port.ts";
import type { LakeFiles } from "./tableFacts.ts";

/** Whether the tables have all of the raw zone, and where not, or where nobody knows, why. */
export interface Processing {
	/** Absent where nobody knows. */
	behind?: boolean;
	/** Up to when they have it, ISO 8601. */
	upTo?: string;
	reason?: Overview["stale"][number];
}

export function processingOf(history: Part<RunHistory[]>, files: Part<LakeFiles>): Processing {
	const upTo = history.ok ? processedAt(history.value) : undefined;
	const known = upTo === undefined ? {} : { upTo };
	const unknown = (why: string): Processing => ({
		...known,
		reason: { text: `Cannot determine whether everything is processed: ${why}` },
	});
	if (!files.ok) return unknown(files.why);
	const { newest, all } = files.value.raw;
	if (upTo !== undefined && newest !== undefined && newest.toISOString() > upTo) {
		const text = "Not everything is processed: the newest file in the raw zone is from";
		return { behind: true, upTo, reason: { text, at: newest.toISOString() } };
	}
	if (!all) return unknown("the raw zone has too many files to check them all.");
	// Of nothing all is processed.
	if (newest === undefined) return { behind: false, ...known };
	if (!history.ok) return unknown(history.why);
	if (upTo === undefined) return unknown("none of the latest runs processed the raw zone completely.");
	return { behind: false, upTo };
}

/**
 * When the newest run began that took the raw zone into the current tables: all that was there then is in them. Tables that
 * broke a rule are blocked, which is said.
 */
function processedAt(history: readonly RunHistory[]): string | undefined {
	// A run of the last of them alone takes what the others had brought before.
	const run = history.find(({ jobs }) =>
		jobsToCurrentTables.every((name) =>
			jobs.some(({ job, state }) => job === name && (state === "succeeded" || state === "quality_failed")),
		),
	);
	const starts = run?.jobs.flatMap(({ job, report }) =>
		jobsToCurrentTables.includes(job) && report !== undefined ? [report.started_at] : [],
	);
	return starts?.sort()[0];
}
