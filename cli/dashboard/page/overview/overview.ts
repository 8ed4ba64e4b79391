import type { DefinedChart } from "../../../../etl/contract/pipeline/pipeline.ts";
import { changeHours, type DashboardData, type Overview, type RunView } from "../../data.ts";
import { newCard } from "../charts/card.ts";
import { addCard, fillCard, overviewChart } from "../charts/cards.ts";
import { byId, element } from "../dom.ts";
import { duration, minute } from "../format.ts";
import { axesView } from "../model/axes.ts";
import { facts, rulesText, runMood, runText } from "./head.ts";
import { drawTables } from "./tableList.ts";

/** Changes at the source by the hour, as any other chart. */
const changesChart: DefinedChart = {
	title: "Changes by hour",
	query: overviewChart,
	type: "column",
	x: "hour",
	y: ["changes"],
	formats: {},
	aggregates: {},
	times: { hour: "hour" },
	labels: { hour: "Hour", changes: "Changes" },
	filters: [],
	description: `Rows inserted, updated or deleted at the source in the last ${changeHours} hours, by hour of the commit.`,
};

/** The pipeline itself: replication, runs, rules, tables. */
export function drawOverview({ overview }: Pick<DashboardData, "overview">): void {
	const list = element("dl");
	for (const { term, text, mood } of facts(overview)) {
		const group = element("div");
		group.append(element("dt", term), element("dd", text, mood));
		list.append(group);
	}
	byId("facts").replaceChildren(list);
	drawChanges(overview);
	drawRuns(overview);
	drawRules(overview);
	const { tables } = overview;
	byId("tables-fault").hidden = tables.ok;
	byId("tables-fault").textContent = tables.ok ? "" : tables.why;
	drawTables(tables.ok ? tables.value : []);
}

function drawChanges({ changes }: Overview): void {
	const place = byId("changes-card");
	if (place.children.length === 0) {
		const parts = newCard(overviewChart, changesChart.title, changesChart.description, undefined);
		addCard(overviewChart, "", parts);
		place.append(parts.card);
	}
	const rows = Array.from({ length: changes.rows }, (_, row) => row);
	const shown =
		rows.length === 0
			? { nothing: `No changes in the last ${changeHours} hours.` }
			: axesView({ chart: changesChart, table: changes, rows, filtered: false });
	fillCard(overviewChart, changesChart.type, shown, "", 220);
}

function drawRuns({ runs }: Overview): void {
	const place = byId("runs");
	if (!runs.ok || runs.value.length === 0) {
		place.replaceChildren(element("p", runs.ok ? "The jobs have not run yet." : runs.why, "summary"));
		return;
	}
	place.replaceChildren(
		table(
			["Run", "Result", "Took", "Rows written"],
			runs.value.map((run) => [
				run.startedAt === undefined ? run.runId : minute(run.startedAt),
				{ text: resultText(run), mood: runMood(run.state) },
				run.seconds === undefined ? "–" : duration(run.seconds),
				run.rowsWritten.toLocaleString("en-US"),
			]),
		),
	);
}

function resultText({ state, failures }: RunView): string {
	return failures.length === 0
		? runText[state]
		: `${runText[state]}: ${failures.map(({ job, why }) => `${job}: ${why}`).join("; ")}`;
}

/** Rules that were broken in the newest run that has ended. */
function drawRules({ runs }: Overview): void {
	const run = runs.ok ? runs.value.find(({ state }) => state !== "running") : undefined;
	const broken = run?.rules ?? [];
	const place = byId("rules");
	byId("rules-summary").textContent =
		run === undefined
			? "No run has checked the rules yet."
			: broken.length === 0
				? "No rules broken in the last run."
				: rulesText(broken);
	place.replaceChildren(
		...(broken.length === 0
			? []
			: [
					table(
						["Table", "Rule", "Severity", "Rows"],
						broken.map(({ table: name, rule, severity, failedRows }) => [
							name,
							rule,
							severity === "error" ? { text: "error", mood: "bad" } : "warning",
							failedRows.toLocaleString("en-US"),
						]),
					),
				]),
	);
}

type Cell = string | { text: string; mood: string };

function table(titles: readonly string[], rows: readonly (readonly Cell[])[]): HTMLElement {
	const created = element("table");
	const line = (cells: readonly Cell[], head: boolean): HTMLElement => {
		const row = element("tr");
		cells.forEach((cell, at) => {
			const { text, mood } = typeof cell === "string" ? { text: cell, mood: "" } : cell;
			const made = element(head || at === 0 ? "th" : "td", text, mood);
			if (head || at === 0) made.setAttribute("scope", head ? "col" : "row");
			row.append(made);
		});
		return row;
	};
	const [thead, tbody] = [element("thead"), element("tbody")];
	thead.append(line(titles, true));
	tbody.append(...rows.map((cells) => line(cells, false)));
	created.append(thead, tbody);
	return created;
}
