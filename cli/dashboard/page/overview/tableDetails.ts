import type { ColumnProfile, Lineage, Relative, TableProfile, TableView } from "../../data.ts";
import { element } from "../dom.ts";
import { bytes, exact, moment, percent } from "../format.ts";

/** One, and several. */
const kinds: Readonly<Record<Relative["kind"], readonly [string, string]>> = {
	source: ["source table", "source tables"],
	clicks: ["clicks", "clicks"],
	place: ["folder", "folders"],
	table: ["table", "tables"],
	model: ["model", "models"],
	job: ["job", "jobs"],
	chart: ["chart", "charts"],
	query: ["query", "queries"],
	view: ["warehouse view", "warehouse views"],
};

/** What the details of a table can do. */
export interface DetailActions {
	/** Absent in a file: there is nobody to ask. */
	profile?: () => void;
	openTable: (name: string) => void;
	openChart: (id: string) => void;
}

/** How far the profile of a table is. */
export type ProfileState = "none" | "running" | { fault: string } | TableProfile;

/** Where a table comes from, what is made of it, and what is in its columns. */
export function tableDetails(table: TableView, state: ProfileState, actions: DetailActions): HTMLElement[] {
	const parts: HTMLElement[] = [];
	if (table.lineage !== undefined) parts.push(lineage(table.name, table.lineage, actions));
	if (state === "none" && actions.profile !== undefined) {
		const size = table.bytes === undefined ? "" : `: reads up to ${bytes(table.bytes)}`;
		parts.push(button(`Profile the columns${size}`, actions.profile, "action"));
	} else if (state === "running") parts.push(element("p", "The table is being read…", "summary"));
	else if (state === "none") parts.push(element("p", "The live page also shows the columns' contents.", "summary"));
	else if ("fault" in state) parts.push(element("p", state.fault, "summary bad"));
	else parts.push(...profile(state));
	return parts;
}

function lineage(name: string, { from, usedBy }: Lineage, actions: DetailActions): HTMLElement {
	const place = element("div", "", "lineage");
	place.append(
		list("Comes from", from, "Unknown: the table's files do not record it.", actions),
		element("strong", name),
		list("Used by", usedBy, "Nothing in the definition.", actions),
	);
	return place;
}

function list(title: string, relatives: readonly Relative[], none: string, actions: DetailActions): HTMLElement {
	const place = element("div");
	place.append(element("h3", title));
	if (relatives.length === 0) place.append(element("p", none, "summary"));
	const items = element("ul");
	for (const kind of new Set(relatives.map((relative) => relative.kind))) {
		const alike = relatives.filter((relative) => relative.kind === kind);
		const item = element("li");
		item.append(element("span", `${kinds[kind][alike.length === 1 ? 0 : 1]} `, "kind"));
		alike.forEach((relative, at) => {
			item.append(...(at === 0 ? [] : [", "]), named(relative, actions));
		});
		items.append(item);
	}
	place.append(items);
	return place;
}

/** A name that leads to what is on the page. */
function named({ kind, name, id }: Relative, { openTable, openChart }: DetailActions): HTMLElement {
	if (kind === "table" || kind === "model") return button(name, () => openTable(name), "pick");
	if (id !== undefined) return button(name, () => openChart(id), "pick");
	return element("span", name);
}

function button(text: string, act: () => void, className: string): HTMLElement {
	const created = element("button", text, className);
	created.setAttribute("type", "button");
	created.addEventListener("click", act);
	return created;
}

function profile({ table, computedAt, rows, columns }: TableProfile): HTMLElement[] {
	const head = element("tr");
	const titles = ["Column", "Type", "Missing", "Distinct values", "Minimum", "Maximum", "Most frequent"];
	head.append(
		...titles.map((title) => {
			const cell = element("th", title);
			cell.setAttribute("scope", "col");
			return cell;
		}),
	);
	const body = columns.map((column) => {
		const line = element("tr");
		const name = element("th", column.name);
		name.setAttribute("scope", "row");
		line.append(name, ...cellsOf(column, rows).map((text) => element("td", text)));
		return line;
	});
	const [thead, tbody, created] = [element("thead"), element("tbody"), element("table", "", "profile")];
	thead.append(head);
	tbody.append(...body);
	created.append(thead, tbody);
	const read = `${exact(rows, "number")} rows of ${table}, read ${moment(computedAt)}.`;
	return [element("p", read, "summary"), created];
}

/** The cells of a column beside its name. */
function cellsOf(column: ColumnProfile, rows: number): string[] {
	const { type, nulls, distinct, least, largest, examples = [], hidden } = column;
	if (nulls === undefined) return [type, "This column could not be read.", "", "", "", ""];
	const missing = nulls === 0 ? "none" : `${exact(nulls, "number")} (${percent(nulls, rows)})`;
	const different = distinct === undefined ? "–" : exact(distinct, "number");
	if (hidden !== undefined) {
		const why = hidden === "hashed" ? "not shown: hashed" : "not shown: its name suggests personal data";
		return [type, missing, different, "", "", why];
	}
	const frequent = examples.map(({ value, rows: found }) =>
		found === 1 ? value : `${value} (${exact(found, "number")})`,
	);
	return [type, missing, different, least ?? "–", largest ?? "–", frequent.join(", ") || "–"];
}
