import { byId, element } from "./dom.ts";
import { type FilterField, type Filters, filterFault, parametersOf } from "./filters.ts";
import { presetsOf } from "./model/periods.ts";

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
		if (field.kind === "dates") fillPresets(field, filters);
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

/** The periods again, where the reader has changed a date by hand. */
export function showPeriods(fields: readonly FilterField[], filters: Filters): void {
	for (const field of fields) if (field.kind === "dates") fillPresets(field, filters);
}

function controls(field: FilterField): HTMLElement[] {
	const { column, label, kind } = field;
	if (kind === "choice") return [labelled(label, named(element("select"), column))];
	const date = (name: string, text: string): HTMLElement => {
		const input = named(element("input"), name);
		input.setAttribute("type", "date");
		return labelled(`${label} ${text}`, input);
	};
	const presets = named(element("select"), `${column}.period`);
	presets.dataset.periods = column;
	presets.addEventListener("input", () => choosePeriod(field));
	return [labelled(`${label} period`, presets), date(`${column}.from`, "from"), date(`${column}.to`, "to")];
}

/** The two dates of the chosen period; what listens to the form hears of it next. */
function choosePeriod({ column }: FilterField): void {
	const [from = "", to = ""] = (periodsOf(column)?.value ?? "").split("/");
	for (const [name, day] of [
		[`${column}.from`, from],
		[`${column}.to`, to],
	] as const) {
		const found = control(name);
		if (found !== undefined) found.value = day;
	}
}

/** The periods that there are, with the one that the dates are. */
function fillPresets(field: FilterField, filters: Filters): void {
	const select = periodsOf(field.column);
	if (select === undefined) return;
	const [from = "", to = ""] = parametersOf(field).map((name) => filters[name]);
	const present = presetsOf(field).map((preset) => [preset.label, `${preset.from}/${preset.to}`] as const);
	const chosen = from === "" && to === "" ? "" : `${from}/${to}`;
	const own = chosen === "" || present.some(([, value]) => value === chosen) ? [] : [["Custom dates", chosen] as const];
	select.replaceChildren(
		...[["All dates", ""] as const, ...present, ...own].map(([text, value]) => option(text, value)),
	);
	select.value = chosen;
}

function periodsOf(column: string): HTMLSelectElement | undefined {
	const found = [...byId("filters").querySelectorAll<HTMLSelectElement>("select[data-periods]")];
	return found.find((select) => select.dataset.periods === column);
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
