import type { Schedule } from "../../etl/contract/pipeline/pipeline.ts";

const units = [
	["day", 86_400],
	["hour", 3600],
	["minute", 60],
	["second", 1],
] as const;

/** As the definition writes it: `every 5 minutes`, `0 6 * * * (Europe/Berlin)`. */
export function scheduleText(schedule: Schedule): string {
	if ("cron" in schedule) return `${schedule.cron} (${schedule.timezone})`;
	const { everySeconds } = schedule;
	const [unit, seconds] = units.find(([, size]) => everySeconds % size === 0) ?? ["second", 1];
	const count = everySeconds / seconds;
	return count === 1 ? `every ${unit}` : `every ${count} ${unit}s`;
}
