import { byId, element } from "./dom.ts";
import { type FilterField, type Filters, filterFault, parametersOf } from "./filters.ts";

/** The controls of the filters that there are. They stay where the fields do: the reader may be in one. */
export function showFilters(fields: readonly FilterField[], filters: Filters): void {
	const place = byId("filter-controls");
	byId("filters").hidden = fields.length === 0;
	const names = fields.flatMap(parametersOf).join(" ");
	if (place.dataset.names !== names) {
		place.dataset.names = names;
		place.replaceChildren(...fields.flatMap(controls));
	}
	for (const field of fields) {
		if (field.kind === "choice") fillChoices(field, filters[field.column]);
		else limitDates(field);
		for (const name of parametersOf(field)) {
			const found = control(name);
			if (found !== undefined) found.value = filters[name] ?? "";
		}
	}
	showFault(fields, filters);
}

export function showFault(fields: readonly FilterField[], filters: Filters): void {
	const fault = byId("filter-fault");
	fault.textContent = filterFault(fields, filters);
	fault.hidden = fault.textContent === "";
}

/** What the controls say now. */
export function chosenFilters(fields: readonly FilterField[]): Filters {
	return Object.fromEntries(
		fields.flatMap(parametersOf).flatMap((name) => {
			const value = control(name)?.value ?? "";
			return value === "" ? [] : [[name, value]];
		}),
	);
}

function controls(field: FilterField): HTMLElement[] {
	const { column, label, kind } = field;
	if (kind === "choice") return [labelled(label, named(element("select"), column))];
	const date = (name: string, text: string): HTMLElement => {
		const input = named(element("input"), name);
		input.setAttribute("type", "date");
		return labelled(`${label} ${text}`, input);
	};
	return [date(`${column}.from`, "from"), date(`${column}.to`, "to")];
}

function labelled(text: string, input: HTMLElement): HTMLElement {
	const label = element("label", `${text} `);
	label.append(input);
	return label;
}

function named(input: HTMLElement, name: string): HTMLElement {
	input.setAttribute("name", name);
	return input;
}

/** The days that there are, for the browser's calendar. */
function limitDates(field: FilterField): void {
	const [first = "", last = first] = field.values;
	for (const name of parametersOf(field)) {
		control(name)?.setAttribute("min", first);
		control(name)?.setAttribute("max", last);
	}
}

/** What is chosen stays, also where the newest data no longer have it. */
function fillChoices({ column, values }: FilterField, chosen: string | undefined): void {
	const select = control(column);
	if (select === undefined) return;
	const choices = chosen === undefined || values.includes(chosen) ? values : [...values, chosen];
	const present = [...select.children].slice(1).map((child) => child.getAttribute("value"));
	if (select.children.length > 0 && JSON.stringify(present) === JSON.stringify(choices)) return;
	select.replaceChildren(option("All", ""), ...choices.map((value) => option(value, value)));
}

function option(text: string, value: string): HTMLElement {
	const created = element("option", text);
	created.setAttribute("value", value);
	return created;
}

function control(name: string): HTMLInputElement | HTMLSelectElement | undefined {
	const form = byId("filters");
	const found = form instanceof HTMLFormElement ? form.elements.namedItem(name) : null;
	return found instanceof HTMLInputElement || found instanceof HTMLSelectElement ? found : undefined;
}
