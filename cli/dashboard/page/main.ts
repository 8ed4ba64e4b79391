import type { DashboardData } from "../data.ts";
import { drawCharts, onChoice, stacked } from "./charts/cards.ts";
import { byId } from "./dom.ts";
import { drawFigures, figures } from "./figures.ts";
import { chosenFilters, showFault, showFilters, showPeriods } from "./filterBar.ts";
import { type FilterField, type Filters, filterFields, readFilters, toggled, writeFilters } from "./filters.ts";
import { moment } from "./format.ts";
import { drawHead, waitingText } from "./overview/head.ts";
import { drawOverview } from "./overview/overview.ts";

let data = JSON.parse(byId("data").textContent ?? "") as DashboardData;
let fields: FilterField[] = filterFields(data);
let filters: Filters = readFilters(location.hash, fields);
const live = document.documentElement.dataset.mode === "live";
const form = byId("filters");

/** All that the filters act on. */
function draw(): void {
	drawFigures(data, fields, filters);
	drawCharts(data, fields, filters);
}

function drawAll(): void {
	drawHead(data);
	const waiting = byId("waiting");
	waiting.textContent = waitingText(data.waiting);
	waiting.hidden = waiting.textContent === "";
	showFilters(fields, filters);
	draw();
	drawOverview(data);
}

function setFilters(next: Filters): void {
	filters = next;
	const fragment = writeFilters(filters);
	history.replaceState(null, "", fragment === "" ? location.pathname + location.search : `#${fragment}`);
	showFault(fields, filters);
	showPeriods(fields, filters);
	draw();
	announce(fragment === "" ? "Filters reset." : "Filtered.");
}

/** Tells a screen reader what has changed. */
function announce(what: string): void {
	const [first] = figures(data, fields, filters);
	const value = first === undefined || first.exact === "" ? "" : ` ${first.label} ${first.exact}.`;
	byId("live").textContent = `${what}${value}`;
}

/** What a reader has chosen in a chart is a filter, and none any more when it is chosen again. */
onChoice((pick) => {
	setFilters(toggled(filters, pick));
	showFilters(fields, filters);
});
form.addEventListener("input", () => setFilters(chosenFilters(fields)));
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", (event) => {
	event.preventDefault();
	setFilters({});
	showFilters(fields, filters);
});
addEventListener("hashchange", () => {
	filters = readFilters(location.hash, fields);
	showFilters(fields, filters);
	draw();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
stacked.addEventListener("change", draw);

function showFreshness(text: string, state: "live" | "lost" | "file"): void {
	const place = byId("freshness");
	place.textContent = text;
	place.dataset.state = state;
}

/** Asks for newer data until the page is closed; a page that nobody sees waits. */
async function follow(): Promise<void> {
	let tag = document.documentElement.dataset.tag ?? "";
	let lost = false;
	let due = Date.parse(data.computedAt) + data.refreshSeconds * 1000;
	for (;;) {
		await new Promise((resolve) => setTimeout(resolve, due - Date.now()));
		if (document.hidden) {
			await new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
			if (document.hidden) continue;
		}
		due = Date.now() + data.refreshSeconds * 1000;
		try {
			const response = await fetch("/data", { headers: { "If-None-Match": tag } });
			if (response.status !== 304) {
				if (!response.ok) throw new Error(await response.text());
				tag = response.headers.get("ETag") ?? "";
				data = (await response.json()) as DashboardData;
				fields = filterFields(data);
				drawAll();
				announce("New data.");
			}
			lost = false;
			showFreshness(`Live, checked ${moment(new Date().toISOString())}`, "live");
		} catch {
			if (!lost) announce("The connection to pipeline-cli is lost.");
			lost = true;
			showFreshness(`Connection lost, data of ${moment(data.computedAt)}`, "lost");
		}
	}
}

drawAll();
if (live) {
	showFreshness(`Live, checked ${moment(data.computedAt)}`, "live");
	void follow();
} else {
	showFreshness(`Saved ${moment(data.computedAt)}`, "file");
}
