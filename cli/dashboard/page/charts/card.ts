import { element } from "../dom.ts";

/** The elements of a chart's card. */
export interface CardParts {
	card: HTMLElement;
	summary: HTMLElement;
	scope: HTMLElement;
	chart: HTMLElement;
	nothing: HTMLElement;
	/** What is below the chart: data table, CSV, SQL. */
	more: HTMLElement;
	table: HTMLElement;
	csv: HTMLElement;
	png: HTMLElement;
	/** Draws words or slices as bars, and back. */
	bars: HTMLElement;
}

/** A card without what it shows. @param sql absent where the chart has no query of its own. */
export function newCard(
	id: string,
	title: string,
	description: string | undefined,
	sql: string | undefined,
): CardParts {
	const card = named("section", `card-${id}`, "card");
	card.setAttribute("aria-labelledby", `title-${id}`);
	const heading = named("h2", `title-${id}`);
	heading.textContent = title;
	const parts = {
		card,
		summary: named("p", `summary-${id}`, "summary"),
		scope: named("p", `scope-${id}`, "scope"),
		chart: named("div", `chart-${id}`, "chart"),
		nothing: named("div", `nothing-${id}`, "nothing"),
		more: named("div", `more-${id}`, "more"),
		table: named("table", `table-${id}`),
		csv: button("CSV", `Download ${title} as CSV`),
		png: button("PNG", `Download ${title} as PNG`),
		bars: button("Bars", `Show ${title} as bars`),
	};
	parts.bars.hidden = true;
	parts.chart.setAttribute("role", "img");
	parts.chart.setAttribute("aria-labelledby", `title-${id}`);
	parts.chart.setAttribute("aria-describedby", `summary-${id}`);
	const table = element("details");
	table.append(summaryOf("Data table", title), scrolled(`Table of ${title}`, parts.table));
	parts.more.append(table, parts.csv, parts.png, parts.bars);
	if (sql !== undefined) {
		const query = element("details");
		query.append(summaryOf("SQL", title), scrolled(`SQL of ${title}`, element("pre", sql)));
		parts.more.insertBefore(query, parts.csv);
	}
	card.append(heading);
	if (description !== undefined) card.append(element("p", description, "description"));
	card.append(parts.summary, parts.scope, parts.chart, parts.nothing, parts.more);
	return parts;
}

function button(text: string, label: string): HTMLElement {
	const created = element("button", text, "link");
	created.setAttribute("type", "button");
	created.setAttribute("aria-label", label);
	return created;
}

function named(name: string, id: string, className = ""): HTMLElement {
	const created = element(name, "", className);
	created.id = id;
	return created;
}

function summaryOf(text: string, title: string): HTMLElement {
	const summary = element("summary", text);
	summary.append(element("span", ` of ${title}`, "sr"));
	return summary;
}

/** A region that is scrolled by keyboard, too. */
function scrolled(label: string, content: HTMLElement): HTMLElement {
	const region = element("div", "", "scroll");
	region.setAttribute("role", "region");
	region.setAttribute("aria-label", label);
	region.setAttribute("tabindex", "0");
	region.append(content);
	return region;
}
