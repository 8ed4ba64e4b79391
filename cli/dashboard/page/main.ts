import type { DashboardData } from "../data.ts";
import { drawCharts } from "./cards.ts";
import { byId, element } from "./dom.ts";
import { drawFigures, drawReplication } from "./figures.ts";
import { type Filters, readFilters, writeFilters } from "./filters.ts";
import { exact, moment } from "./format.ts";
import { totals } from "./salesViews.ts";

let data = JSON.parse(byId("data").textContent ?? "") as DashboardData;
let filters: Filters = readFilters(location.hash);
const live = document.documentElement.dataset.mode === "live";
const form = byId("filters") as HTMLFormElement;

function draw(): void {
	drawFigures(data, filters);
	drawReplication(data);
	drawCharts(data, filters);
}

/** The choices that the data have. What is chosen stays, also where the newest data no longer have it. */
function fillChoices(): void {
	const sales = data.sales.ok ? data.sales.value : undefined;
	fillSelect("country", "All countries", sales?.countries ?? [], filters.country);
	fillSelect("line", "All product lines", sales?.lines ?? [], filters.line);
}

/** Leaves the list as it is where nothing has changed: the reader may be in it. */
function fillSelect(name: string, all: string, values: readonly string[], chosen = ""): void {
	const select = field(name);
	const choices = chosen === "" || values.includes(chosen) ? values : [...values, chosen];
	const present = [...select.children].slice(1).map((child) => child.getAttribute("value"));
	if (select.children.length > 0 && JSON.stringify(present) === JSON.stringify(choices)) return;
	select.replaceChildren(option(all, ""), ...choices.map((value) => option(value, value)));
	select.value = chosen;
}

function showFilters(): void {
	fillChoices();
	for (const name of ["from", "to", "country", "line"] as const) field(name).value = filters[name] ?? "";
}

function option(text: string, value: string): HTMLElement {
	const created = element("option", text);
	created.setAttribute("value", value);
	return created;
}

function field(name: string): HTMLInputElement | HTMLSelectElement {
	return form.elements.namedItem(name) as HTMLInputElement | HTMLSelectElement;
}

function setFilters(next: Filters): void {
	filters = next;
	const fragment = writeFilters(filters);
	history.replaceState(null, "", fragment === "" ? location.pathname + location.search : `#${fragment}`);
	draw();
	announce(fragment === "" ? "Filters reset." : "Filtered.");
}

/** Tells a screen reader what has changed. */
function announce(what: string): void {
	const revenue = data.sales.ok ? ` Revenue ${exact(totals(data.sales.value, filters).revenue, "dollars")}.` : "";
	byId("live").textContent = `${what}${revenue}`;
}

form.addEventListener("input", () => {
	const next: Filters = {};
	for (const name of ["from", "to", "country", "line"] as const) {
		const { value } = field(name);
		if (value !== "") next[name] = value;
	}
	setFilters(next);
});
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", (event) => {
	event.preventDefault();
	setFilters({});
	showFilters();
});
addEventListener("hashchange", () => {
	filters = readFilters(location.hash);
	showFilters();
	draw();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);

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
				fillChoices();
				draw();
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

showFilters();
draw();
if (live) {
	showFreshness(`Live, checked ${moment(data.computedAt)}`, "live");
	void follow();
} else {
	showFreshness(`Saved ${moment(data.computedAt)}`, "file");
}
