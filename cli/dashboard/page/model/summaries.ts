import type { TimeUnit } from "../../../../etl/contract/pipeline/pipeline.ts";
import { type Format, inSentence, isolated, percent, plural, short } from "../format.ts";
import { bucketName, bucketOf } from "./times.ts";
import { aggregateOf, type Drawing, formatOf, labelOf, type ViewRow } from "./view.ts";

/** Before the name of a time: "most on 2 Jan 2025". */
const prepositions: Record<TimeUnit, string> = {
	hour: "at",
	day: "on",
	week: "in the week of",
	month: "in",
	quarter: "in",
	year: "in",
};

interface Categories {
	/** Rows of the view. */
	kept: readonly ViewRow[];
	/** How many of them could be kept. */
	named: number;
	/** How many have a name. */
	names: number;
	/** What is measured of rows without a name. */
	unnamed: string | number | undefined;
	/** Of which `kept` are the largest. */
	all: readonly ViewRow[];
	drawn: number;
}

/** A chart of names in a sentence: who leads, of how much. */
export function categorySummary(drawing: Drawing, { kept, named, names, unnamed, all, drawn }: Categories): string {
	const { chart } = drawing;
	const [first = ""] = chart.y;
	const format = formatOf(chart, first);
	const label = inSentence(labelOf(chart, chart.x ?? ""));
	const isSum = aggregateOf(chart, first) === "sum";
	const parts = chart.type === "stacked_bar" || chart.series !== undefined;
	const value = (row: ViewRow | undefined): number =>
		row === undefined ? 0 : parts ? sumOf(row) : Number(row[1] ?? 0);
	const total = all.reduce((sum, row) => sum + value(row), 0);
	// Of a sum in which values cancel each other, a part says nothing.
	const hasParts = isSum && all.every((row) => value(row) >= 0);
	const best = kept.reduce((a, b) => (value(b) > value(a) ? b : a), kept[0] ?? []);
	const sentences: string[] = [];
	if (hasParts && kept.length < named) {
		const part = percent(
			kept.reduce((sum, row) => sum + value(row), 0),
			total,
		);
		const measured = inSentence(parts ? "the total" : labelOf(chart, first));
		sentences.push(`The first ${kept.length} of ${plural(named, label)} account for ${part} of ${measured}.`);
	}
	sentences.push(leader(best, value(best), all.length, hasParts ? total : undefined, format, isSum));
	if (kept.length === named && names > 1) sentences.push(`${plural(names, label)}.`);
	const [, second] = chart.y;
	if (second !== undefined && hasParts && !parts && formatOf(chart, second) === format) {
		const other = all.reduce((sum, row) => sum + Number(row[2] ?? 0), 0);
		const share = percent(other, total);
		if (share !== "")
			sentences.push(`${labelOf(chart, second)} is ${share} of all ${inSentence(labelOf(chart, first))}.`);
	}
	if (typeof unnamed === "number" && isSum && chart.top !== undefined && unnamed !== 0) {
		sentences.push(`${short(unnamed, format)} belongs to no ${label}.`);
	}
	if (drawn < kept.length) sentences.push(`The first ${drawn} are shown.`);
	return sentences.join(" ");
}

/** @param total that the value is a part of; undefined where a share says nothing. */
function leader(
	best: ViewRow,
	value: number,
	rows: number,
	total: number | undefined,
	format: Format,
	isSum: boolean,
): string {
	const name = isolated(String(best[0] ?? ""));
	if (rows === 1) return `${name}: ${short(value, format)}.`;
	if (!isSum) return `${name} has the most: ${short(value, format)}.`;
	const share = total === undefined ? "" : percent(value, total);
	const part = total === undefined || share === "" ? "" : `, ${share} of ${short(total, format)}`;
	return `${name} leads with ${short(value, format)}${part}.`;
}

/** A chart over time in a sentence: how much in how long, when most. @param until the last day, where its unit is not over. */
export function timeSummary(
	drawing: Drawing,
	rows: readonly ViewRow[],
	unit: TimeUnit,
	until: string | undefined,
): string {
	const { chart } = drawing;
	const [first = ""] = chart.y;
	const format = formatOf(chart, first);
	const isSum = aggregateOf(chart, first) === "sum";
	const label = labelOf(chart, first);
	const value = (row: ViewRow): number => (chart.series === undefined ? Number(row[1] ?? 0) : sumOf(row));
	const best = rows.reduce((a, b) => (value(b) > value(a) ? b : a), rows[0] ?? []);
	const total = rows.reduce((sum, row) => sum + value(row), 0);
	const sentences: string[] = [];
	if (isSum) sentences.push(`${measured(total, label, format)} in ${plural(rows.length, unit)}.`);
	if (rows.length > 1) {
		const average = short(Math.round(total / rows.length), format);
		if (isSum && unit !== "month" && unit !== "year") {
			sentences.push(
				`On average ${average} ${unit === "hour" ? "an" : "a"} ${unit}, most ${prepositions[unit]} ${String(best[0])}.`,
			);
		} else sentences.push(`${isSum ? `Best ${unit}` : "Highest"}: ${String(best[0])}, ${short(value(best), format)}.`);
	}
	if (until !== undefined) {
		sentences.push(
			`${String(rows.at(-1)?.[0])} is not complete: it ends on ${bucketName(bucketOf(until, "day"), "day")}.`,
		);
	}
	return sentences.join(" ");
}

/** "$8.04M", "1,200 clicks", "Weight: 12.5K". */
function measured(total: number, label: string, format: Format): string {
	const value = short(total, format);
	if (format !== undefined && format !== "number") return value;
	if (!/[^s]s$/.test(label)) return `${label}: ${value}`;
	const noun = inSentence(label);
	return `${value} ${total === 1 ? noun.slice(0, -1) : noun}`;
}

function sumOf(row: ViewRow): number {
	return row.slice(1).reduce<number>((sum, value) => sum + (typeof value === "number" ? value : 0), 0);
}
