import { grouped } from "../common/grouped.ts";

/** Seconds as people read them: `0.4 s`, `12 s`, `3 min 5 s`. */
export function formatSeconds(seconds: number): string {
	if (seconds < 10) return `${seconds.toFixed(1)} s`;
	if (seconds < 60) return `${Math.round(seconds)} s`;
	const whole = Math.round(seconds);
	const hours = Math.floor(whole / 3600);
	const minutes = Math.floor((whole % 3600) / 60);
	return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${whole % 60} s`;
}

/** A moment by the clock of this machine, as commands show it: `2026-11-28 17:05:00`. */
export function formatTime(iso: string): string {
	const time = new Date(iso);
	if (Number.isNaN(time.getTime())) return iso;
	const two = (number: number): string => String(number).padStart(2, "0");
	const date = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join("-");
	return `${date} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(":")}`;
}

/** Bytes in binary units: `312 B`, `4.2 KiB`. */
export function formatBytes(bytes: number): string {
	const units = ["B", "KiB", "MiB", "GiB", "TiB"];
	let value = bytes;
	let unit = 0;
	while (value >= 1024 && unit < units.length - 1) {
		value /= 1024;
		unit += 1;
	}
	return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** Whole numbers with thin grouping: `12,345`. */
export const formatCount = grouped;

/**
 * A duration option: `90s`, `30m`, `2h`. A number alone is seconds, as the error says.
 * @returns seconds, or undefined where it is none.
 */
export function parseDuration(text: string): number | undefined {
	const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)?$/.exec(text.trim());
	const factor = { ms: 0.001, s: 1, m: 60, h: 3600 }[match?.[2] ?? "s"];
	return match === null || factor === undefined ? undefined : Number(match[1]) * factor;
}
