import type { FilterField, Filters } from "../filters.ts";
import { plural } from "../format.ts";
import { bucketName, dayAfter, firstDay, lastDay } from "./times.ts";

/** Days, `YYYY-MM-DD`, both included. */
export interface Period {
	from: string;
	to: string;
}

/** A period that a reader chooses by its name. */
export interface Preset extends Period {
	label: string;
}

/**
 * Periods of a column of days that hold some and not all of its days. They end where the data do and not today: the page may
 * be read, and its file opened, when its newest day is long over.
 */
export function presetsOf({ kind, values }: Pick<FilterField, "kind" | "values">): Preset[] {
	const [first, last] = [values[0], values.at(-1)];
	if (kind !== "dates" || first === undefined || last === undefined) return [];
	const [year, month] = [last.slice(0, 4), last.slice(0, 7)];
	const back = (days: number): Preset => ({
		label: `Last ${days} days of data`,
		from: dayAfter(last, 1 - days),
		to: last,
	});
	const unit = (bucket: string, of: "month" | "quarter" | "year"): Preset => ({
		label: bucketName(bucket, of),
		from: firstDay(bucket),
		to: lastDay(bucket, of),
	});
	const quarter = `${year}-Q${Math.ceil(Number(month.slice(5)) / 3)}`;
	return [
		...[7, 30, 90, 365].map(back),
		unit(month, "month"),
		unit(monthsBefore(month, 1), "month"),
		unit(quarter, "quarter"),
		unit(year, "year"),
		unit(String(Number(year) - 1), "year"),
	].filter(({ from, to }) => to >= first && from <= last && (from > first || to < last));
}

/** The period before one, as long; whole months are compared with as many months. */
export function periodBefore({ from, to }: Period): Period & { name: string } {
	const [first, last] = [from.slice(0, 7), to.slice(0, 7)];
	if (from === firstDay(first) && to === lastDay(last, "month")) {
		const months = monthNumber(last) - monthNumber(first) + 1;
		const name = months % 12 === 0 ? beforeOf(months / 12, "year") : beforeOf(months, "month");
		return { from: firstDay(monthsBefore(first, months)), to: dayAfter(from, -1), name };
	}
	const days = Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000) + 1;
	return { from: dayAfter(from, -days), to: dayAfter(from, -1), name: beforeOf(days, "day") };
}

function beforeOf(count: number, unit: string): string {
	return count === 1 ? `the previous ${unit}` : `the previous ${plural(count, unit)}`;
}

function monthNumber(month: string): number {
	return Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1;
}

function monthsBefore(month: string, count: number): string {
	const number = monthNumber(month) - count;
	return `${String(Math.floor(number / 12)).padStart(4, "0")}-${String((number % 12) + 1).padStart(2, "0")}`;
}

/** The filters of the period before that of the one range that is set; undefined where the data do not go back so far. */
export function filtersBefore(
	fields: readonly FilterField[],
	filters: Filters,
): { filters: Filters; name: string } | undefined {
	const ranges = fields.filter(
		({ column, kind }) =>
			kind === "dates" && [`${column}.from`, `${column}.to`].some((name) => filters[name] !== undefined),
	);
	const [field] = ranges;
	if (field === undefined || ranges.length > 1) return undefined;
	const { column, values } = field;
	const from = filters[`${column}.from`];
	const [first, last] = [values[0], values.at(-1)];
	if (from === undefined || first === undefined || last === undefined) return undefined;
	const to = filters[`${column}.to`] ?? last;
	if (from > to) return undefined;
	const before = periodBefore({ from, to });
	// Of a period of which only a part is there, nobody knows what it comes to.
	if (before.from < first || to > last) return undefined;
	return { filters: { ...filters, [`${column}.from`]: before.from, [`${column}.to`]: before.to }, name: before.name };
}
