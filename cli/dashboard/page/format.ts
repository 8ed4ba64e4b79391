import type { Unit } from "../../../etl/dashboard.ts";

const locale = "en-US";
const compactCount = new Intl.NumberFormat(locale, { notation: "compact", maximumSignificantDigits: 3 });
const count = new Intl.NumberFormat(locale);
const compactMoney = new Intl.NumberFormat(locale, {
	style: "currency",
	currency: "USD",
	notation: "compact",
	maximumSignificantDigits: 3,
});
const money = new Intl.NumberFormat(locale, { style: "currency", currency: "USD" });

/** A number as a table shows it: all of it. Dollars come in cents. */
export function exact(value: number, unit: Unit): string {
	return unit === "dollars" ? money.format(value / 100) : count.format(value);
}

/** A number as an axis, a sentence or a key figure shows it: three digits. */
export function short(value: number, unit: Unit): string {
	if (unit === "dollars") return compactMoney.format(value / 100);
	return value < 10_000 ? count.format(value) : compactCount.format(value);
}

/** A share of a whole; empty where the whole is nothing. */
export function percent(partOf: number, whole: number): string {
	if (whole === 0) return "";
	const share = (100 * partOf) / whole;
	return `${share < 10 ? share.toFixed(1) : Math.round(share)}%`;
}

/** `Nov 2004` of `2004-11`. */
export function monthName(month: string): string {
	return inUtc(`${month}-01T00:00:00Z`, { month: "short", year: "numeric" }, locale);
}

/** `20 Nov 2026` of `2026-11-20`. */
export function dayName(day: string): string {
	return inUtc(`${day}T00:00:00Z`, { day: "numeric", month: "short", year: "numeric" });
}

/** `20 Nov 13:00` of `2026-11-20-13`. */
export function hourName(hour: string): string {
	return `${inUtc(`${hour.slice(0, 10)}T00:00:00Z`, { day: "numeric", month: "short" })} ${hour.slice(11)}:00`;
}

/** A moment in the reader's own time zone. */
export function moment(iso: string): string {
	return new Date(iso).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "medium" });
}

export function duration(seconds: number): string {
	if (seconds < 10) return `${seconds.toFixed(1)} s`;
	if (seconds < 120) return `${Math.round(seconds)} s`;
	if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
	if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
	return `${count.format(Math.round(seconds / 86_400))} days`;
}

/** "1 month", "29 months", "21 countries". */
export function plural(amount: number, one: string, many = `${one}s`): string {
	return `${count.format(amount)} ${amount === 1 ? one : many}`;
}

/** The text of a day must not shift by the reader's time zone. en-GB has the day before the month. */
function inUtc(iso: string, options: Intl.DateTimeFormatOptions, language = "en-GB"): string {
	return new Date(iso).toLocaleDateString(language, { ...options, timeZone: "UTC" });
}
