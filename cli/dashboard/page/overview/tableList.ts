import type { TableProfile, TableView } from "../../data.ts";
import { byId, element } from "../dom.ts";
import { moment, plural } from "../format.ts";
import { type ProfileState, tableDetails } from "./tableDetails.ts";
import { listed, type Sorting, tableColumns } from "./tables.ts";

/** Tables beyond these are found by a search. */
const mostShown = 500;

let tables: readonly TableView[] = [];
let sorting: Sorting = { column: 3, descending: true };
/** The table whose details are open. */
let opened: string | undefined;
const profiles = new Map<string, ProfileState>();

/** The list of tables, searched and sorted as the reader has chosen. */
export function drawTables(found: readonly TableView[]): void {
	tables = found;
	const search = byId("table-search");
	if (search.dataset.listens === undefined) {
		search.dataset.listens = "true";
		search.addEventListener("input", fill);
	}
	fill();
}

function fill(): void {
	const search = byId("table-search");
	const words = search instanceof HTMLInputElement ? search.value : "";
	const kept = listed(tables, words, sorting);
	const shown = kept.slice(0, mostShown);
	const head = element("tr");
	head.append(...tableColumns.map((column, at) => heading(column.title, column.kind, at)));
	const rows = shown.flatMap((table) => (table.name === opened ? [rowOf(table), detailsOf(table)] : [rowOf(table)]));
	const [thead, tbody] = [element("thead"), element("tbody")];
	thead.append(head);
	tbody.append(...rows);
	const list = byId("table-list");
	const focused = list.contains(document.activeElement) ? document.activeElement?.textContent : undefined;
	list.replaceChildren(thead, tbody);
	if (focused !== undefined)
		[...list.querySelectorAll("button")].find(({ textContent }) => textContent === focused)?.focus();
	const cut = shown.length < kept.length ? ` The first ${shown.length} are shown. To find others, search.` : "";
	byId("table-count").textContent =
		kept.length === tables.length
			? `${plural(tables.length, "table")}.${cut}`
			: `${kept.length} of ${plural(tables.length, "table")}.${cut}`;
}

/** A table's name is the button that opens its details. */
function rowOf(table: TableView): HTMLElement {
	const row = element("tr");
	row.append(
		...tableColumns.map((column, at) => {
			const cell = element(at === 0 ? "th" : "td", "", column.kind === "number" ? "number" : "");
			if (at === 0) {
				cell.setAttribute("scope", "row");
				const name = element("button", column.text(table), "pick");
				name.setAttribute("type", "button");
				name.setAttribute("aria-expanded", String(table.name === opened));
				name.addEventListener("click", () => open(table.name === opened ? undefined : table.name));
				cell.append(name);
			} else cell.textContent = column.text(table);
			if (column.title === "Newest change" && table.newest !== undefined)
				cell.setAttribute("title", moment(table.newest));
			return cell;
		}),
	);
	return row;
}

function open(table: string | undefined): void {
	opened = table;
	fill();
}

function detailsOf(table: TableView): HTMLElement {
	const row = element("tr", "", "details");
	const cell = element("td");
	cell.setAttribute("colspan", String(tableColumns.length));
	const isLive = document.documentElement.dataset.mode === "live";
	cell.append(
		...tableDetails(table, profiles.get(table.name) ?? "none", {
			...(isLive && { profile: () => void profile(table.name) }),
			openTable: (name) => {
				const search = byId("table-search");
				if (search instanceof HTMLInputElement) search.value = "";
				open(name);
				byId("table-list").querySelector<HTMLElement>("[aria-expanded=true]")?.focus();
			},
			openChart: (id) => {
				const card = document.getElementById(`card-${id}`);
				card?.setAttribute("tabindex", "-1");
				card?.focus();
			},
		}),
	);
	row.append(cell);
	return row;
}

/** Asks what is in a table's columns. */
async function profile(table: string): Promise<void> {
	profiles.set(table, "running");
	fill();
	let state: ProfileState;
	try {
		const response = await fetch(`/profile?table=${encodeURIComponent(table)}`);
		if (!response.ok) throw new Error(await response.text());
		state = (await response.json()) as TableProfile;
	} catch (error) {
		state = { fault: `It could not be read: ${error instanceof Error ? error.message : String(error)}` };
	}
	profiles.set(table, state);
	byId("live").textContent = `Columns of ${table}.`;
	fill();
}

/** A column's title is the button that sorts by it. */
function heading(title: string, kind: string, at: number): HTMLElement {
	const cell = element("th", "", kind === "number" ? "number" : "");
	cell.setAttribute("scope", "col");
	const isChosen = sorting.column === at;
	if (isChosen) cell.setAttribute("aria-sort", sorting.descending ? "descending" : "ascending");
	const button = element("button", title, "sort");
	button.setAttribute("type", "button");
	button.dataset.sort = String(at);
	button.addEventListener("click", () => {
		// Names are read from A, numbers from the largest.
		sorting = { column: at, descending: isChosen ? !sorting.descending : at !== 0 };
		fill();
	});
	cell.append(button);
	return cell;
}
