import { element } from "../dom.ts";
import { exact } from "../format.ts";
import type { View, ViewColumn } from "../model/view.ts";

export function fillTable(table: HTMLElement, { columns, rows }: View): void {
	const head = element("tr");
	for (const column of columns) {
		const cell = element("th", column.title, column.kind === "number" ? "number" : "");
		cell.setAttribute("scope", "col");
		head.append(cell);
	}
	const body = rows.map((row) => {
		const line = element("tr");
		columns.forEach((column, at) => {
			const cell = element(at === 0 ? "th" : "td", cellText(row[at], column), column.kind === "number" ? "number" : "");
			if (at === 0) cell.setAttribute("scope", "row");
			cell.setAttribute("dir", "auto");
			line.append(cell);
		});
		return line;
	});
	const [thead, tbody] = [element("thead"), element("tbody")];
	thead.append(head);
	tbody.append(...body);
	table.replaceChildren(thead, tbody);
}

function cellText(value: string | number | undefined, { format }: ViewColumn): string {
	return typeof value === "number" ? exact(value, format) : (value ?? "");
}
