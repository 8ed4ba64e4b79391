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

/** A field of an expression: its values, their names, and what else may stand there. */
interface Field {
	name: string;
	from: number;
	to: number;
	names: readonly string[];
	/** Of days: the last one, a weekday near one, the nth of a month. */
	special: RegExp;
}

const none = /(?!)/;
const months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const fields: readonly Field[] = [
	{ name: "minutes", from: 0, to: 59, names: [], special: none },
	{ name: "hours", from: 0, to: 23, names: [], special: none },
	{ name: "day of the month", from: 1, to: 31, names: [], special: /^(\?|L|LW|([1-9]|[12]\d|3[01])W)$/ },
	{ name: "month", from: 1, to: 12, names: months, special: none },
	{ name: "day of the week", from: 1, to: 7, names: weekdays, special: /^(\?|L|([1-7]|[A-Z]{3})(L|#[1-5]))$/ },
	{ name: "year", from: 1970, to: 2199, names: [], special: none },
];

/**
 * What is wrong with an expression for EventBridge Scheduler, which AWS would refuse only while the stack is made.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 * @returns undefined where nothing is.
 */
export function scheduleFault(expression: string): string | undefined {
	const [, kind, inner = ""] = /^(rate|cron)\(([^()]+)\)$/.exec(expression) ?? [];
	if (kind === undefined) return "is neither definition, rate(…) nor cron(…)";
	if (expression.length > longestExpression) return `is longer than ${longestExpression} characters`;
	if (kind === "rate") {
		const isRate = /^([1-9]\d{0,8}) (minutes?|hours?|days?)$/.test(inner);
		return isRate ? undefined : "is not a rate such as rate(5 minutes), rate(1 hour) or rate(2 days)";
	}
	const texts = inner.trim().split(/\s+/);
	if (texts.length !== fields.length)
		return "does not have six fields: minutes, hours, day, month, day of the week, year";
	const wrong = fields.find((field, at) => !isField(texts[at] ?? "", field));
	if (wrong !== undefined) return `has an invalid ${wrong.name}`;
	const free = [texts[2], texts[4]].filter((text) => text === "?").length;
	return free === 1 ? undefined : "needs ? in one of its two day fields";
}

function isField(text: string, field: Field): boolean {
	const nth = /^([A-Z]{3})(?=[L#])/i.exec(text)?.[1];
	if (nth !== undefined && !field.names.includes(nth.toUpperCase())) return false;
	return field.special.test(text.toUpperCase()) || text.split(",").every((part) => isPart(part, field));
}

/** `*`, a value, `a-b`, each with `/step`. */
function isPart(part: string, { from, to, names }: Field): boolean {
	const [range = "", step, ...more] = part.split("/");
	if (more.length > 0 || (step !== undefined && !(/^\d+$/.test(step) && Number(step) >= 1))) return false;
	if (range === "*") return true;
	const values = range.split("-").map((text) => {
		const named = names.indexOf(text.toUpperCase());
		return named >= 0 ? named + from : /^\d+$/.test(text) ? Number(text) : Number.NaN;
	});
	const [first = Number.NaN, last = first] = values;
	return values.length <= 2 && first >= from && last <= to && first <= last;
}
