import type { Finding, Path } from "../mistakes.ts";
import type { Good, Parts } from "../parts.ts";
import type { ChartEntry } from "../schema.ts";
import { isFormat, plainFormats } from "../values.ts";
import { nearest, repeated, repeatedIn } from "./lookups.ts";

type Chart = Good<ChartEntry>;

interface Needs {
	x: "must" | "no";
	y: "one" | "pair" | "several" | "any";
	series: boolean;
}

const axes: Needs = { x: "must", y: "several", series: true };
const shares: Needs = { x: "must", y: "one", series: false };

/** What each type of chart needs, and what it cannot show. */
const chartNeeds: Readonly<Record<ChartEntry["type"], Needs>> = {
	line: axes,
	area: axes,
	bar: axes,
	stacked_bar: axes,
	column: axes,
	pie: shares,
	word_cloud: shares,
	number: { x: "no", y: "pair", series: false },
	table: { x: "no", y: "any", series: false },
};

/** Columns with what is measured. */
export function measuresOf(y: ChartEntry["y"] | undefined): readonly string[] {
	if (y === undefined) return [];
	return typeof y === "string" ? [y] : y;
}

/** What is wrong with charts that no schema can say. */
export function chartChecks({ charts }: Parts): Finding[] {
	const titles = charts.flatMap(({ entry, path }) =>
		entry.title === undefined ? [] : [{ name: entry.title, path: [...path, "title"] }],
	);
	return [
		...repeated(titles, "title"),
		...charts.flatMap((chart) => [
			...textChecks(chart),
			...shapeChecks(chart),
			...formatChecks(chart),
			...aggregateChecks(chart),
			...timeChecks(chart),
		]),
	];
}

function textChecks({ entry: { query, y, filters }, path }: Chart): Finding[] {
	const columns = [
		...repeatedIn(measuresOf(y), [...path, "y"], "column"),
		...repeatedIn(filters ?? [], [...path, "filters"], "column"),
	];
	if (query === undefined || query.endsWith(".sql")) return columns;
	const what = `${JSON.stringify(query)} is not an SQL file.`;
	return [{ path: [...path, "query"], what, fix: "Use a file that ends with .sql." }, ...columns];
}

function shapeChecks({ entry, path, bad }: Chart): Finding[] {
	const { type, x, y, series } = entry;
	if (type === undefined) return [];
	const needs = chartNeeds[type];
	const count = measuresOf(y).length;
	const chart = `A chart of the type ${type}`;
	const found: Finding[] = [];
	if (needs.x === "must" && x === undefined && !bad.has("x")) {
		found.push({
			path: [...path, "x"],
			what: `${chart} needs x.`,
			fix: "Add x: the column of the horizontal axis or of the categories.",
		});
	}
	if (needs.x === "no" && x !== undefined) {
		found.push({ path: [...path, "x"], what: `${chart} does not use x.`, fix: "Remove x, or choose another type." });
	}
	if (needs.y !== "any" && count === 0 && !bad.has("y")) {
		found.push({ path: [...path, "y"], what: `${chart} needs y.`, fix: "Add y: the measured column." });
	}
	if (needs.y === "one" && count > 1) {
		const fix = "List one column in y, or choose another type.";
		found.push({ path: [...path, "y"], what: `${chart} shows one column.`, fix });
	}
	if (needs.y === "pair" && count > 2) {
		const fix = "List one column in y, or two if the first is a part of the second.";
		found.push({
			path: [...path, "y"],
			what: `${chart} shows one column, and optionally the column of which it is a part.`,
			fix,
		});
	}
	if (series !== undefined && (!needs.series || count > 1)) {
		const why = needs.series ? "there are several columns in y" : `${chart.toLowerCase()} does not use it`;
		const fix = "Remove it, or use a line or bar chart with one column in y.";
		found.push({ path: [...path, "series"], what: `It has no effect: ${why}.`, fix });
	}
	return found;
}

function formatChecks({ entry: { format, type, y }, path, bad }: Chart): Finding[] {
	if (format === undefined) return [];
	const place = [...path, "format"];
	if (typeof format === "string") return badFormat(format, place);
	const measures = measuresOf(y);
	return Object.entries(format).flatMap(([name, text]): Finding[] => {
		const at = [...place, name];
		if (measures.includes(name) || type === "table" || bad.has("y")) return badFormat(text, at);
		return [...badFormat(text, at), notInY(name, measures, at)];
	});
}

function aggregateChecks({ entry: { aggregate, y }, path, bad }: Chart): Finding[] {
	if (aggregate === undefined || typeof aggregate === "string" || bad.has("y")) return [];
	const measures = measuresOf(y);
	const strays = Object.keys(aggregate).filter((name) => !measures.includes(name));
	return strays.map((name) => notInY(name, measures, [...path, "aggregate", name]));
}

function notInY(name: string, measures: readonly string[], path: Path): Finding {
	const what = `${JSON.stringify(name)} is not in y.`;
	return { path, what, allowed: measures, meant: nearest(name, measures), fix: "Write a column of y." };
}

function timeChecks({ entry: { time, x, filters }, path, bad }: Chart): Finding[] {
	if (time === undefined || bad.has("x") || bad.has("filters")) return [];
	const place = [...path, "time"];
	if (typeof time === "string") {
		if (x !== undefined) return [];
		return [
			{ path: place, what: "It has no effect without x.", fix: "Add x, or write the column's name: { day: day }." },
		];
	}
	const known = [...(x === undefined ? [] : [x]), ...(filters ?? [])];
	const strays = Object.keys(time).filter((name) => !known.includes(name));
	return strays.map((name) => ({
		path: [...place, name],
		what: `${JSON.stringify(name)} is neither x nor in filters.`,
		allowed: known,
		meant: nearest(name, known),
		fix: "Write x or a column of filters.",
	}));
}

function badFormat(text: string, path: Path): Finding[] {
	if (isFormat(text)) return [];
	return [
		{
			path,
			what: `${JSON.stringify(text)} is not a format.`,
			allowed: [...plainFormats, "usd, eur and other three-letter currency codes"],
			meant: nearest(text, [...plainFormats, "usd", "eur"]),
			fix: "Write one of these.",
		},
	];
}
