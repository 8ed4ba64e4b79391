import type { Schedule } from "./pipeline.ts";
import { cronFault, cronValues, isTimezone } from "./values.ts";

/** When EventBridge Scheduler starts runs, in its own words. */
export interface ScheduleExpression {
	/** `rate(5 minutes)` or `cron(0 6 * * ? *)`. */
	expression: string;
	/** Of a cron expression; a rate has no use for one. */
	timezone: string;
}

/** Characters of an expression, at most. https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html */
export const longestExpression = 256;

const units = [
	["day", 86_400],
	["hour", 3600],
	["minute", 60],
] as const;

const weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
/** First and last value of minutes, hours, days and months. */
const ranges = [
	[0, 59],
	[0, 23],
	[1, 31],
	[1, 12],
] as const;

/**
 * A definition's schedule as EventBridge Scheduler writes it. Its cron differs from the usual one: a year comes last, one of the
 * two days must be `?`, and Sunday is 1. So values are listed, and weekdays named, which nobody can read otherwise.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function toExpression(schedule: Schedule): ScheduleExpression {
	if ("everySeconds" in schedule) return { expression: rate(schedule.everySeconds), timezone: "UTC" };
	const [minutes = [], hours = [], days = [], months = [], daysOfWeek = []] = cronValues(schedule.cron);
	const [minute, hour, day, month] = [minutes, hours, days, months].map((values, at) => listed(values, ranges[at]));
	const everyWeekday = daysOfWeek.length === weekdays.length;
	const names = daysOfWeek.map((value) => weekdays[value]).join(",");
	const ofDays = everyWeekday ? `${day} ${month} ?` : `? ${month} ${names}`;
	return { expression: `cron(${minute} ${hour} ${ofDays} *)`, timezone: schedule.timezone };
}

function rate(seconds: number): string {
	const [unit, size] = units.find(([, one]) => seconds % one === 0) ?? units[2];
	const count = Math.max(1, Math.round(seconds / size));
	return `rate(${count} ${unit}${count === 1 ? "" : "s"})`;
}

/** Values in the shortest form that is exact: `*`, `5/15` up to the end of the field, ranges and single ones. */
function listed(values: readonly number[], [min, max]: readonly [number, number] = [0, 0]): string {
	const [first = min, second = max] = values;
	if (values.length === max - min + 1) return "*";
	const by = second - first;
	const isSeries = values.length > 2 && by > 1 && values.every((value, at) => value === first + at * by);
	if (isSeries && first + values.length * by > max) return `${first}/${by}`;
	const runs: [number, number][] = [];
	for (const value of values) {
		const last = runs.at(-1);
		if (last !== undefined && last[1] === value - 1) last[1] = value;
		else runs.push([value, value]);
	}
	return runs.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(",");
}

/**
 * What an expression means.
 * @returns undefined where only EventBridge knows: `L`, `W`, `#`, or a year.
 */
export function fromExpression({ expression, timezone }: ScheduleExpression): Schedule | undefined {
	const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
	const size = units.find(([name]) => name === unit)?.[1];
	if (size !== undefined) return { everySeconds: Number(count) * size };
	const [, inner = ""] = /^cron\((.*)\)$/.exec(expression) ?? [];
	const [minute, hour, day, month, weekday, year, ...more] = inner.trim().split(/\s+/);
	// Sunday is 1; a step counts days, and would be changed with the names.
	if (year !== "*" || more.length > 0 || weekday?.includes("/") !== false) return undefined;
	const usual = weekday.replaceAll(/\d+/g, (number) => String(Number(number) - 1)).replace("?", "*");
	const cron = [minute, hour, day?.replace("?", "*"), month, usual].join(" ");
	return cronFault(cron) === undefined && isTimezone(timezone) ? { cron, timezone } : undefined;
}
