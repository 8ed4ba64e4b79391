import { element } from "../dom.ts";
import type { Filters } from "../filters.ts";
import { exact } from "../format.ts";
import type { View, ViewColumn } from "../model/view.ts";

/** The rows of a view; a name that can be filtered by is a button that does so, for whoever does not click into the chart. */
export function fillTable(table: HTMLElement, view: View, choose: (pick: Filters) => void): void {
	const { columns, rows, picks = [], total } = view;
	const head = element("tr");
	for (const column of columns) {
		const cell = element("th", column.title, column.kind === "number" ? "number" : "");
		cell.setAttribute("scope", "col");
		head.append(cell);
	}
	const body = rows.map((row, at) => lineOf(columns, row, picks[at], choose));
	const [thead, tbody, tfoot] = [element("thead"), element("tbody"), element("tfoot")];
	thead.append(head);
	tbody.append(...body);
	if (total !== undefined) tfoot.append(lineOf(columns, total, undefined, choose));
	const focused = document.activeElement?.closest("table") === table ? document.activeElement.textContent : undefined;
	table.replaceChildren(thead, tbody, tfoot);
	// Whoever has chosen a row by keyboard continues from there.
	if (focused !== undefined)
		[...table.querySelectorAll("button")].find(({ textContent }) => textContent === focused)?.focus();
}

function lineOf(
	columns: readonly ViewColumn[],
	row: View["rows"][number],
	pick: Filters | undefined,
	choose: (pick: Filters) => void,
): HTMLElement {
	const line = element("tr");
	columns.forEach((column, at) => {
		const text = cellText(row[at], column);
		const cell = element(at === 0 ? "th" : "td", "", column.kind === "number" ? "number" : "");
		if (at === 0) cell.setAttribute("scope", "row");
		cell.setAttribute("dir", "auto");
		if (at === 0 && pick !== undefined) {
			const button = element("button", text, "pick");
			button.setAttribute("type", "button");
			button.setAttribute("title", `Filter by ${text}`);
			button.addEventListener("click", () => choose(pick));
			cell.append(button);
		} else cell.textContent = text;
		line.append(cell);
	});
	return line;
}

function cellText(value: string | number | undefined, { format }: ViewColumn): string {
	return typeof value === "number" ? exact(value, format) : (value ?? "");
}
