import type { Schedule } from "./pipeline.ts";
import { cronValues } from "./values.ts";

const dayMs = 86_400_000;
/** 29 February comes at most eight years after the one before; a day that never comes, 31 February, is given up after that. */
const furthestDays = 8 * 366 + 1;

/**
 * When the schedule starts the next run: the first of its times after `after`. Times that were missed do not come again.
 * @param anchor from which `every` counts, so that a long run does not shift the times behind it.
 * @returns undefined where there is no such time: 31 February.
 */
export function nextTime(schedule: Schedule, after: Date, anchor: Date): Date | undefined {
	if ("cron" in schedule) return nextCronTime(schedule.cron, schedule.timezone, after);
	const every = schedule.everySeconds * 1000;
	const past = Math.floor((after.getTime() - anchor.getTime()) / every);
	return new Date(anchor.getTime() + (past + 1) * every);
}

/** As EventBridge Scheduler has it: a time of day that a clock change leaves out does not come, one that comes twice counts once. */
function nextCronTime(cron: string, timezone: string, after: Date): Date | undefined {
	const [minutes = [], hours = [], days = [], months = [], weekdays = []] = cronValues(cron);
	const local = new LocalTime(timezone);
	const startOfDay = Math.floor(local.of(after.getTime()) / dayMs) * dayMs;
	for (let day = 0; day < furthestDays; day += 1) {
		const midnight = startOfDay + day * dayMs;
		const date = new Date(midnight);
		const fits =
			months.includes(date.getUTCMonth() + 1) &&
			days.includes(date.getUTCDate()) &&
			weekdays.includes(date.getUTCDay());
		if (!fits) continue;
		for (const hour of hours) {
			for (const minute of minutes) {
				const time = local.toUtc(midnight + (hour * 60 + minute) * 60_000);
				if (time !== undefined && time > after.getTime()) return new Date(time);
			}
		}
	}
	return undefined;
}

/** What the clocks of a time zone show, as milliseconds that UTC would have for the same digits. */
class LocalTime {
	readonly #format: Intl.DateTimeFormat;

	constructor(timezone: string) {
		this.#format = new Intl.DateTimeFormat("en-US", {
			timeZone: timezone,
			hourCycle: "h23",
			year: "numeric",
			month: "numeric",
			day: "numeric",
			hour: "numeric",
			minute: "numeric",
			second: "numeric",
		});
	}

	of(utc: number): number {
		const parts = this.#format.formatToParts(utc);
		const value = (type: Intl.DateTimeFormatPartTypes): number =>
			Number(parts.find((part) => part.type === type)?.value ?? 0);
		return Date.UTC(value("year"), value("month") - 1, value("day"), value("hour"), value("minute"), value("second"));
	}

	/** The first moment at which the clocks show this; undefined where they never do. */
	toUtc(local: number): number | undefined {
		// The offset a day before and a day behind: a change of the clocks is between them, or there is none.
		const found = [local - dayMs, local + dayMs]
			.map((near) => local - (this.of(near) - near))
			.filter((utc) => this.of(utc) === local);
		return found.length === 0 ? undefined : Math.min(...found);
	}
}
