import type { TableView } from "../../data.ts";
import { byId, element } from "../dom.ts";
import { moment, plural } from "../format.ts";
import { listed, type Sorting, tableColumns } from "./tables.ts";

/** Tables beyond these are found by a search. */
const mostShown = 500;

let tables: readonly TableView[] = [];
let sorting: Sorting = { column: 3, descending: true };

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
	const rows = shown.map((table) => {
		const row = element("tr");
		row.append(
			...tableColumns.map((column, at) => {
				const cell = element(at === 0 ? "th" : "td", column.text(table), column.kind === "number" ? "number" : "");
				if (at === 0) cell.setAttribute("scope", "row");
				if (column.title === "Newest change" && table.newest !== undefined)
					cell.setAttribute("title", moment(table.newest));
				return cell;
			}),
		);
		return row;
	});
	const [thead, tbody] = [element("thead"), element("tbody")];
	thead.append(head);
	tbody.append(...rows);
	const focused = document.activeElement?.getAttribute("data-sort");
	byId("table-list").replaceChildren(thead, tbody);
	if (focused !== null && focused !== undefined) {
		byId("table-list").querySelector<HTMLElement>(`[data-sort="${focused}"]`)?.focus();
	}
	const cut = shown.length < kept.length ? ` The first ${shown.length} are shown: search for others.` : "";
	byId("table-count").textContent =
		kept.length === tables.length
			? `${plural(tables.length, "table")}.${cut}`
			: `${kept.length} of ${plural(tables.length, "table")}.${cut}`;
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
