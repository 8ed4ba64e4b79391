import type { TimeUnit } from "../../../../etl/contract/pipeline/pipeline.ts";
import type { Filters } from "../filters.ts";
import { columnOf, isText } from "./rows.ts";
import { firstDay, isTime, lastDay } from "./times.ts";
import type { Drawing } from "./view.ts";

/** What choosing a bar, a slice or a word filters by: its name, where the chart's names are a filter. */
export function pickOfName({ chart }: Drawing, name: string | undefined): Filters | undefined {
	if (chart.x === undefined || name === undefined || !chart.filters.includes(chart.x)) return undefined;
	return { [chart.x]: name };
}

/** What choosing a time filters by: its days, by the one column of days that the chart can be filtered by. */
export function pickOfTime(drawing: Drawing, bucket: string, unit: TimeUnit): Filters | undefined {
	const column = daysOf(drawing);
	if (column === undefined) return undefined;
	const from = unit === "hour" ? bucket.slice(0, 10) : firstDay(bucket);
	return { [`${column}.from`]: from, [`${column}.to`]: lastDay(bucket, unit) };
}

function daysOf({ chart, table }: Drawing): string | undefined {
	if (chart.x !== undefined && chart.filters.includes(chart.x)) return chart.x;
	const days = chart.filters.filter((name) => {
		const column = columnOf(table, name);
		return chart.times[name] !== undefined || (isText(column) && isTime(column));
	});
	return days.length === 1 ? days[0] : undefined;
}
