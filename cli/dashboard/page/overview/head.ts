import type { DashboardData, Overview, RunView } from "../../data.ts";
import { byId, element } from "../dom.ts";
import { minute, plural } from "../format.ts";

/**
 * Up to when the page's data go, amber where the raw zone has newer ones, grey where that is not known; below it, what is not as
 * it should be.
 */
export function drawHead({ overview }: Pick<DashboardData, "overview">): void {
	const { asOf, stale } = overview;
	const place = byId("as-of");
	place.textContent = asOf === undefined ? "No data yet" : `Data as of ${minute(asOf)}`;
	place.dataset.state = freshness(overview);
	byId("stale").replaceChildren(
		...stale.map(({ text, at }) => element("li", at === undefined ? text : `${text} ${minute(at)}.`)),
	);
	byId("stale").hidden = stale.length === 0;
}

/** How the largest time on the page looks: good only where it is known to be. */
export function freshness({ asOf, behind }: Pick<Overview, "asOf" | "behind">): "good" | "stale" | "unknown" {
	if (behind === true) return "stale";
	return asOf === undefined || behind === undefined ? "unknown" : "good";
}

/** Charts that wait for their tables, in one line. */
export function waitingText(waiting: DashboardData["waiting"]): string {
	if (waiting.length === 0) return "";
	const tables = [...new Set(waiting.flatMap((chart) => chart.tables))].sort();
	const shown = tables.length > 12 ? [...tables.slice(0, 12), `${tables.length - 12} more`] : tables;
	const charts = waiting.length === 1 ? "1 chart needs" : `${waiting.length} charts need`;
	const [subject, are] = tables.length === 1 ? ["a table", "is"] : ["tables", "are"];
	return `${charts} ${subject} that ${are} not available yet: ${shown.join(", ")}.`;
}

/** What a reader who looks at the pipeline wants to know of it first. */
export function facts({ replication, runs, nextRun }: Overview): { term: string; text: string; mood: string }[] {
	const found: { term: string; text: string; mood: string }[] = [];
	if (replication.ok) {
		const { state, text, latencySeconds, lastError } = replication.value;
		const healthy = ["running", "starting"].includes(state);
		found.push({ term: "Replication", text: healthy ? text : `${state}: ${text}`, mood: healthy ? "good" : "bad" });
		if (latencySeconds !== undefined) {
			found.push({ term: "Lag of the newest change", text: seconds(latencySeconds), mood: "" });
		}
		if (lastError !== undefined) found.push({ term: "Last error", text: lastError, mood: "bad" });
	} else found.push({ term: "Replication", text: replication.why, mood: "bad" });
	const last = runs.ok ? runs.value[0] : undefined;
	if (!runs.ok) found.push({ term: "Last run", text: runs.why, mood: "bad" });
	else if (last === undefined) found.push({ term: "Last run", text: "none yet", mood: "" });
	else found.push({ term: "Last run", text: runText[last.state], mood: runMood(last.state) });
	if (nextRun !== undefined) found.push({ term: "Next run", text: minute(nextRun), mood: "" });
	return found;
}

export const runText = {
	running: "running",
	succeeded: "succeeded",
	failed: "failed",
	quality_failed: "broke quality rules",
} as const;

export function runMood(state: keyof typeof runText): string {
	return state === "succeeded" ? "good" : state === "running" ? "" : "bad";
}

function seconds(value: number): string {
	return value < 120 ? `${value.toFixed(1)} s` : `${Math.round(value / 60)} min`;
}

/** How many rules, of which severity. */
export function rulesText(broken: RunView["rules"]): string {
	const errors = broken.filter(({ severity }) => severity === "error").length;
	const warnings = broken.length - errors;
	const counted = [
		...(errors === 0 ? [] : [`${plural(errors, "rule")}, whose tables keep their previous state`]),
		...(warnings === 0 ? [] : [`${plural(warnings, "rule")} of severity warn`]),
	];
	return `The last run broke ${counted.join(", and ")}.`;
}
